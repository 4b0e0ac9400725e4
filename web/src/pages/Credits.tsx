import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { brief, count, moment } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, Empty, Figure, Note } from "../parts/basics.tsx";
import { Link } from "../router.tsx";

interface Standing {
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

const MICROS = 1_000_000;

function credits(micros: number): string {
  const value = micros / MICROS;
  return Math.abs(value) >= 100 || value === 0 ? count(value) : value.toFixed(value !== 0 && Math.abs(value) < 0.01 ? 6 : 2);
}

/** What one has, and where it came from. */
export function Credits() {
  const standing = useFresh<Standing>("/v1/credits", 5_000).value;
  const first = useFresh<Statement>("/v1/credits/statement?limit=50", 5_000).value;
  const [more, setMore] = useState<{ after: string; statement: Statement }[]>([]);
  const [trouble, setTrouble] = useState("");
  const next = more.length > 0 ? more.at(-1)?.statement.next : first?.next;
  const entries = first === undefined ? undefined : [...first.entries, ...more.flatMap((page) => page.statement.entries.filter((entry) => entry.sequence < (first.entries.at(-1)?.sequence ?? Infinity)))];
  const goOn = async () => {
    if (next === undefined) return;
    try {
      const statement = await ask<Statement>(`/v1/credits/statement?limit=50&after=${next}`);
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
          <Table entries={entries} />
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

function Table({ entries }: { entries: Entry[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Statement">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col" class="wide">
              From, to
            </th>
            <th scope="col" class="number">
              Credits
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
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
                    {count(entry.samples)} samples, {brief(entry.flops ?? 0)} operations
                  </span>
                )}
                {entry.note !== undefined && <span class="soft small"> {entry.note}</span>}
              </td>
              <td class="wide small soft">
                {entry.from} → {entry.to}
              </td>
              <td class="number">{credits(entry.micros)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
