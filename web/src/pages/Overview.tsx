import type { Device, Run } from "../api.ts";
import { Bones, DeviceTag, Empty, Figure, Note, Patch, Progress, RunTag } from "../parts/basics.tsx";
import { ago, brief, duration, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Queue } from "../parts/Queue.tsx";
import { Link } from "../router.tsx";

/** The fleet at work, and what waits for what. */
export function Overview() {
  const runs = useFresh<{ runs: Run[] }>("/v1/runs", 2_000).value?.runs;
  const devices = useFresh<{ devices: Device[] }>("/v1/devices", 2_000).value?.devices;
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>{greeting(runs, devices)}</h1>
          <p>{summary(runs, devices)}</p>
        </div>
      </div>
      <Figures runs={runs} devices={devices} />
      <section class="sheet" aria-labelledby="now">
        <h2 id="now">At work</h2>
        <AtWork runs={runs} />
      </section>
      <Queue />
      <section class="sheet" aria-labelledby="fleet">
        <div class="head">
          <h2 id="fleet">The fleet</h2>
          <Link href="/devices">All about the devices</Link>
        </div>
        <Fleet devices={devices} />
      </section>
      <Past runs={runs} />
    </div>
  );
}

function greeting(runs: Run[] | undefined, devices: Device[] | undefined): string {
  if (runs === undefined || devices === undefined) return "Looking at the fleet";
  const active = runs.filter((run) => run.status === "active");
  const working = devices.filter((device) => device.state === "working").length;
  if (working > 0) return working === 1 ? "One device at work" : `${working} devices at work`;
  if (active.length > 0) return active.length === 1 ? "A training waits" : `${active.length} trainings wait`;
  return devices.some((device) => device.state !== "silent") ? "The fleet is ready" : "Nobody here yet";
}

function summary(runs: Run[] | undefined, devices: Device[] | undefined): string {
  if (runs === undefined || devices === undefined) return "One moment.";
  const active = runs.filter((run) => run.status === "active").length;
  if (active === 0 && devices.length === 0) return "Let a device join, and start a training: the order does not matter.";
  return active === 0 ? "Nothing is being trained at present." : active === 1 ? "One training is under way." : `${active} trainings are under way.`;
}

function Figures({ runs, devices }: { runs: Run[] | undefined; devices: Device[] | undefined }) {
  const here = devices?.filter((device) => device.state !== "silent");
  const active = runs?.filter((run) => run.status === "active");
  const rate = active?.reduce((sum, run) => sum + run.progress.samplesPerSecond, 0);
  const cores = here?.reduce((sum, device) => sum + (device.profile.threads ?? device.profile.cores ?? 0), 0);
  return (
    <dl class="figures">
      <Figure name="Devices here">{here?.length ?? "–"}</Figure>
      <Figure name="Threads lent">{cores ?? "–"}</Figure>
      <Figure name="Samples a second">{rate === undefined ? "–" : brief(rate)}</Figure>
      <Figure name="Trainings under way">{active?.length ?? "–"}</Figure>
    </dl>
  );
}

function AtWork({ runs }: { runs: Run[] | undefined }) {
  if (runs === undefined) return <Bones rows={2} height={2.4} />;
  const active = runs.filter((run) => run.status === "active" || run.status === "paused").reverse();
  if (active.length === 0) {
    return (
      <Empty>
        <p>Nothing is being trained.</p>
        <Link class="button deed" href="/start">
          Start a training
        </Link>
      </Empty>
    );
  }
  return (
    <ul class="list">
      {active.map((run) => (
        <li key={run.id}>
          <Link class="item" href={`/runs/${run.id}`}>
            <span>
              <span class="item-name">{run.model}</span> <span class="soft mono small">{run.id}</span>
            </span>
            <RunTag run={run} />
          </Link>
          <div class="stack" style={{ gap: "0.5rem", paddingBottom: "0.9rem" }}>
            <Progress share={run.progress.samplesDone / Math.max(1, run.progress.samplesInRun)} label={`Progress of ${run.id}`} />
            <p class="soft small">{line(run)}</p>
            {(run.status === "paused" || run.progress.devices === 0) && <Note look="wait">{run.waiting}</Note>}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** How far a run is, in one line. */
export function line(run: Run): string {
  const { progress } = run;
  const left = (progress.samplesInRun - progress.samplesDone) / progress.samplesPerSecond;
  const parts = [`epoch ${Math.min(progress.epoch + 1, progress.epochs)} of ${progress.epochs}`];
  if (progress.samplesPerSecond > 0) parts.push(`${brief(progress.samplesPerSecond)} samples/s`);
  if (run.lastEvaluation?.accuracy !== undefined) parts.push(`test accuracy ${percent(run.lastEvaluation.accuracy)}`);
  if (run.status === "active" && Number.isFinite(left)) parts.push(`about ${duration(left)} left`);
  return parts.join(" · ");
}

function Fleet({ devices }: { devices: Device[] | undefined }) {
  if (devices === undefined) return <Bones rows={1} height={3} />;
  if (devices.length === 0) {
    return (
      <Empty>
        <p>No device has joined since the coordinator started. Any computer with Java, or a browser, can lend a hand.</p>
        <Link class="button" href="/join">
          Let a device join
        </Link>
      </Empty>
    );
  }
  return (
    <ul class="quilt">
      {devices.map((device) => (
        <li key={device.id}>
          <Patch device={device.id} state={device.state} />
          <div>
            <strong>{device.name}</strong>
            <span class="soft small">
              {device.state === "working" ? `${brief(device.work.samplesPerSecond)} samples/s` : (device.reason ?? device.state)}
            </span>
          </div>
          <span class="hidden">
            <DeviceTag device={device} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Past({ runs }: { runs: Run[] | undefined }) {
  const over = runs?.filter((run) => run.status !== "active" && run.status !== "paused").reverse().slice(0, 4);
  if (over === undefined || over.length === 0) return null;
  return (
    <section class="sheet" aria-labelledby="past">
      <div class="head">
        <h2 id="past">Lately finished</h2>
        <Link href="/runs">All runs</Link>
      </div>
      <ul class="list">
        {over.map((run) => (
          <li key={run.id}>
            <Link class="item" href={`/runs/${run.id}`}>
              <span>
                <span class="item-name">{run.model}</span>{" "}
                <span class="soft small">
                  {run.lastEvaluation?.accuracy === undefined ? "" : `${percent(run.lastEvaluation.accuracy, 2)} · `}
                  {ago(run.createdAtMs)}
                </span>
              </span>
              <RunTag run={run} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
