import { useState } from "preact/hooks";
import type { Run } from "../api.ts";
import { ago, loss, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, Empty, Progress, RunTag } from "../parts/basics.tsx";
import { Link } from "../router.tsx";

const SHOWN = 50;

export function Runs() {
  const { value } = useFresh<{ runs: Run[] }>("/v1/runs", 3_000);
  const [shown, set] = useState(SHOWN);
  const runs = value === undefined ? undefined : [...value.runs].reverse();
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Runs</h1>
          <p>Every training that was started here, the newest first.</p>
        </div>
        <Link class="button deed" href="/start">
          Start a training
        </Link>
      </div>
      <section class="sheet" aria-label="Runs">
        {runs === undefined ? <Bones rows={5} height={2} /> : runs.length === 0 ? <None /> : <Table runs={runs.slice(0, shown)} />}
        {runs !== undefined && runs.length > shown && (
          <button type="button" class="button" onClick={() => set(shown + SHOWN)}>
            Show more
          </button>
        )}
      </section>
    </div>
  );
}

function None() {
  return (
    <Empty>
      <p>Nothing has been trained here yet.</p>
      <Link class="button deed" href="/start">
        Start the first training
      </Link>
    </Empty>
  );
}

function Table({ runs }: { runs: Run[] }) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">State</th>
            <th scope="col" class="wide">
              Progress
            </th>
            <th scope="col" class="number">
              Test accuracy
            </th>
            <th scope="col" class="number wide">
              Loss
            </th>
            <th scope="col" class="number wide">
              Started
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td>
                <Link class="item-name" href={`/runs/${run.id}`}>
                  {run.model}
                </Link>
                <div class="soft small mono">{run.id}</div>
              </td>
              <td>
                <RunTag run={run} />
              </td>
              <td class="wide" style={{ minWidth: "8rem" }}>
                <Progress share={run.progress.samplesDone / Math.max(1, run.progress.samplesInRun)} label={`Progress of ${run.id}`} />
              </td>
              <td class="number">{percent(run.lastEvaluation?.accuracy, 2)}</td>
              <td class="number wide">{loss((run.lastEvaluation ?? run.lastRound)?.loss)}</td>
              <td class="number wide soft">{ago(run.createdAtMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
