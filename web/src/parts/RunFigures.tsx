import type { Run } from "../api.ts";
import { brief, duration, loss, percent } from "../format.ts";
import { Figure, Progress } from "./basics.tsx";

/** How far a run is, in a line and in figures. */
export function RunFigures({ run }: { run: Run | undefined }) {
  const isAtWork = run?.status === "active";
  const progress = run?.progress;
  const left = progress === undefined ? NaN : (progress.samplesInRun - progress.samplesDone) / progress.samplesPerSecond;
  return (
    <>
      <Progress share={progress === undefined ? 0 : progress.samplesDone / Math.max(1, progress.samplesInRun)} label="Progress of the run" />
      <dl class="figures">
        <Figure name="Epoch">
          {progress === undefined ? "–" : Math.min(progress.epoch + 1, progress.epochs)} <small>of {progress?.epochs ?? "–"}</small>
        </Figure>
        <Figure name="Test accuracy">{percent(run?.lastEvaluation?.accuracy, 2)}</Figure>
        <Figure name="Loss">{loss(run?.lastRound?.loss)}</Figure>
        <Figure name="Samples a second">{progress === undefined || !isAtWork ? "–" : brief(progress.samplesPerSecond)}</Figure>
        <Figure name="Devices">{progress?.devices ?? "–"}</Figure>
        <Figure name="Time left">{isAtWork && Number.isFinite(left) ? duration(left) : "–"}</Figure>
      </dl>
    </>
  );
}
