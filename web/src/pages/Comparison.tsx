import { useMemo } from "preact/hooks";
import type { Curves } from "../api.ts";
import { type Drawn, fromHistory, NOTHING, type Points } from "../curves.ts";
import { bytes, credits, duration, loss, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, Empty } from "../parts/basics.tsx";
import { type Line, Plot } from "../parts/Curve.tsx";
import { type Comparison, isOver, type Side } from "../projects.ts";
import { Link } from "../router.tsx";
import { shown } from "./ProjectPage.tsx";
import { ProjectTag } from "./Projects.tsx";

/** Two projects beside each other: their curves, what came of each, and in what they differ. */
export function ComparisonPage({ first, second }: { first: string; second: string }) {
  const fresh = useFresh<Comparison>(`/v1/projects/${first}/comparison?with=${second}`, 5_000);
  const found = fresh.value;
  const left = useDrawn(found?.first);
  const right = useDrawn(found?.second);
  if (found === undefined) {
    if (fresh.trouble === undefined) return <Bones rows={5} height={3} />;
    return (
      <Empty>
        <h1>They cannot be compared</h1>
        <p>{fresh.trouble.message}</p>
        <Link class="button" href="/projects">
          All projects
        </Link>
      </Empty>
    );
  }
  const sides = [
    { side: found.first, drawn: left },
    { side: found.second, drawn: right },
  ];
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Compared</h1>
          <p class="row">
            {sides.map(({ side }, i) => (
              <span key={side.id} class="row">
                <i class={`swatch swatch-${i + 1}`} aria-hidden="true" />
                <Link href={`/projects/${side.id}`}>{side.name}</Link> <ProjectTag project={side} />
              </span>
            ))}
          </p>
        </div>
      </div>
      <div class="halves">
        <Overlay title="Accuracy" sides={sides} of={(points) => points.accuracy} show={(value) => percent(value, value > 0.98 ? 1 : 0)} range={[0, 1]} />
        <Overlay title="Loss" sides={sides} of={(points) => points.loss} show={loss} />
      </div>
      <Outcomes first={found.first} second={found.second} />
      <Differences found={found} />
    </div>
  );
}

function useDrawn(side: Side | undefined): Drawn {
  const path = side?.run === undefined ? undefined : `/v1/runs/${side.run}/metrics`;
  const curves = useFresh<Curves>(path, side !== undefined && isOver(side) ? Infinity : 5_000).value;
  const progress = side?.progress;
  return useMemo(() => {
    if (curves === undefined || progress === undefined) return NOTHING;
    return fromHistory(curves, Math.max(1, progress.samplesInRun / Math.max(1, progress.epochs)));
  }, [curves, progress?.samplesInRun]);
}

interface OverlayProps {
  title: string;
  sides: { side: Side; drawn: Drawn }[];
  of: (points: Points) => (number | null)[];
  show: (value: number) => string;
  range?: [number, number];
}

/** Curves over each other: what was learnt as lines, tests as dots; the second one dashed as well. */
function Overlay({ title, sides, of, show, range }: OverlayProps) {
  const lines = useMemo(
    () =>
      sides.flatMap(({ drawn }, i): Line[] => [
        { series: { x: drawn.rounds.x, y: of(drawn.rounds) }, look: "line", colour: `--curve-${i + 1}`, isDashed: i > 0 },
        { series: { x: drawn.tests.x, y: of(drawn.tests) }, look: "dots", colour: `--curve-${i + 1}` },
      ]),
    sides.map(({ drawn }) => drawn),
  );
  const words = sides.map(({ side, drawn }) => {
    const last = of(drawn.tests).at(-1) ?? of(drawn.rounds).at(-1);
    return `${side.name} ${last == null ? "has none yet" : `came to ${show(last)}`}`;
  });
  return (
    <section class="sheet">
      <figure>
        <div class="head">
          <h2>{title}</h2>
          <p class="legend" aria-hidden="true">
            {sides.map(({ side }, i) => (
              <span key={side.id}>
                <i class={`swatch swatch-${i + 1}`} /> {side.name}
              </span>
            ))}
            <span>
              <i class="dot" style={{ background: "var(--soft)" }} /> test
            </span>
          </p>
        </div>
        <Plot lines={lines} label={`${title} by epochs: ${words.join("; ")}`} show={show} ends={Math.max(1, ...sides.flatMap(({ drawn }) => [drawn.rounds.x.at(-1) ?? 0, drawn.tests.x.at(-1) ?? 0]))} range={range} />
      </figure>
    </section>
  );
}

const OUTCOMES: { name: string; of: (side: Side) => string }[] = [
  { name: "Status", of: (side) => side.status },
  { name: "Best accuracy", of: (side) => percent(side.bestAccuracy, 2) },
  { name: "Latest accuracy", of: (side) => percent(side.lastEvaluation?.accuracy, 2) },
  { name: "Latest loss", of: (side) => loss(side.lastEvaluation?.loss) },
  { name: "Time to the latest test", of: (side) => (side.millisToLastEvaluation === undefined ? "–" : duration(side.millisToLastEvaluation / 1_000)) },
  { name: "Credits", of: (side) => (side.paidMicros === undefined ? "–" : credits(side.paidMicros)) },
  { name: "Over the network", of: (side) => (side.traffic === undefined ? "–" : bytes(side.traffic.downBytes + side.traffic.upBytes)) },
];

function Outcomes({ first, second }: { first: Side; second: Side }) {
  return (
    <section class="sheet" aria-labelledby="outcomes">
      <h2 id="outcomes">What came of them</h2>
      <Table
        label="What came of them"
        names={[first.name, second.name]}
        rows={OUTCOMES.map(({ name, of }) => ({ name, cells: [of(first), of(second)] }))}
      />
    </section>
  );
}

function Differences({ found }: { found: Comparison }) {
  return (
    <section class="sheet" aria-labelledby="differences">
      <h2 id="differences">In what they differ</h2>
      {found.differences.length === 0 ? (
        <p class="soft">In nothing that was set: what differs is chance, or the devices.</p>
      ) : (
        <Table
          label="In what they differ"
          names={[found.first.name, found.second.name]}
          rows={found.differences.map((each) => ({ name: each.field, cells: [cell(each.field, each.first), cell(each.field, each.second)] }))}
        />
      )}
    </section>
  );
}

function cell(field: string, value: unknown) {
  return value === undefined ? <span class="soft">–</span> : shown(field, value);
}

function Table({ label, names, rows }: { label: string; names: string[]; rows: { name: string; cells: preact.ComponentChildren[] }[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">What</span>
            </th>
            {names.map((name, i) => (
              <th key={i} scope="col" class="wraps">
                <i class={`swatch swatch-${i + 1}`} aria-hidden="true" /> {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map((each, i) => (
                <td key={i} class="wraps">
                  {each}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
