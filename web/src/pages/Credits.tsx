import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { brief, count, credits, moment } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, Empty, Figure, Note } from "../parts/basics.tsx";
import { Link } from "../router.tsx";

interface Standing {
  person: string;
  balanceMicros: number;
  reservedMicros: number;
  earnedMicros: number;
  spentMicros: number;
  grantedMicros: number;
  limitMicros?: number;
}

interface Entry {
  sequence: number;
  atMs: number;
  from: string;
  to: string;
  micros: number;
  cause: string;
  run?: string;
  note?: string;
  device?: string;
  samples?: number;
  flops?: number;
}

interface Statement {
  entries: Entry[];
  next?: string;
}

/** Tasks of a run one after the other, as one line. */
interface Line extends Entry {
  tasks: number;
}

function grouped(entries: Entry[]): Line[] {
  const lines: Line[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const isSame = last !== undefined && entry.samples !== undefined && last.cause === entry.cause && last.run === entry.run && last.from === entry.from && last.to === entry.to;
    if (!isSame) {
      lines.push({ ...entry, tasks: 1 });
      continue;
    }
    last.tasks += 1;
    last.micros += entry.micros;
    last.samples = (last.samples ?? 0) + (entry.samples ?? 0);
    last.flops = (last.flops ?? 0) + (entry.flops ?? 0);
  }
  return lines;
}

/** `person:…` and `run:…` are for the ledger; people read who it was. */
function counterpart(entry: Entry, me: string): string {
  const other = entry.to === me ? entry.from : entry.to;
  return other.startsWith("run:") ? "run" : other.replace(/^person:/, "");
}

/** What one has, and where it came from. */
export function Credits() {
  const standing = useFresh<Standing>("/v1/credits", 5_000).value;
  const first = useFresh<Statement>("/v1/credits/statement?limit=200", 5_000).value;
  const [more, setMore] = useState<{ after: string; statement: Statement }[]>([]);
  const [trouble, setTrouble] = useState("");
  const next = more.length > 0 ? more.at(-1)?.statement.next : first?.next;
  const entries = first === undefined ? undefined : [...first.entries, ...more.flatMap((page) => page.statement.entries.filter((entry) => entry.sequence < (first.entries.at(-1)?.sequence ?? Infinity)))];
  const goOn = async () => {
    if (next === undefined) return;
    try {
      const statement = await ask<Statement>(`/v1/credits/statement?limit=200&after=${next}`);
      setMore([...more, { after: next, statement }]);
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Credits</h1>
          <p>Devices earn by the work that counted; trainings pay for it. No money, only a fair account.</p>
        </div>
      </div>
      <dl class="figures">
        <Figure name="To spend">{standing === undefined ? "–" : credits(standing.balanceMicros)}</Figure>
        <Figure name="Set aside for runs">{standing === undefined ? "–" : credits(standing.reservedMicros)}</Figure>
        <Figure name="Earned">{standing === undefined ? "–" : credits(standing.earnedMicros)}</Figure>
        <Figure name="Spent">{standing === undefined ? "–" : credits(standing.spentMicros)}</Figure>
        <Figure name="Granted">{standing === undefined ? "–" : credits(standing.grantedMicros)}</Figure>
      </dl>
      {standing?.limitMicros !== undefined && <Note>Runs may take the balance down to {credits(-standing.limitMicros)}.</Note>}
      <section class="sheet stack" aria-labelledby="statement">
        <h2 id="statement">Statement</h2>
        {entries === undefined ? (
          <Bones rows={4} height={1.6} />
        ) : entries.length === 0 ? (
          <Empty>
            <p>Nothing was earned or spent yet.</p>
          </Empty>
        ) : (
          <Table lines={grouped(entries)} me={`person:${standing?.person ?? ""}`} />
        )}
        {trouble !== "" && <Note look="bad">{trouble}</Note>}
        {next !== undefined && (
          <div>
            <button type="button" class="button" onClick={() => void goOn()}>
              Show more
            </button>
          </div>
        )}
      </section>
    </div>
  );
}

function Table({ lines, me }: { lines: Line[]; me: string }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Statement">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col" class="wide">
              With
            </th>
            <th scope="col" class="number">
              Credits
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((entry) => (
            <tr key={entry.sequence}>
              <td class="small">{moment(entry.atMs)}</td>
              <td>
                {entry.cause}
                {entry.run !== undefined && (
                  <>
                    {" "}
                    <Link class="mono" href={`/runs/${entry.run}`}>
                      {entry.run}
                    </Link>
                  </>
                )}
                {entry.samples !== undefined && (
                  <span class="soft small">
                    {" "}
                    {entry.tasks === 1 ? "" : `${count(entry.tasks)} tasks, `}
                    {count(entry.samples)} samples, {brief(entry.flops ?? 0)} operations
                  </span>
                )}
                {entry.note !== undefined && <span class="soft small"> {entry.note}</span>}
              </td>
              <td class="wide small soft">
                {counterpart(entry, me)}
              </td>
              <td class="number">
                {entry.to === me ? "+" : "−"}
                {credits(entry.micros)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
