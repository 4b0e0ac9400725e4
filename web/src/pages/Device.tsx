import { useEffect } from "preact/hooks";
import type { Device } from "../api.ts";
import { ago, brief, bytes, count, credits, moment, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Absent } from "../parts/Absent.tsx";
import { DeviceTag, Figure, Note, Patch } from "../parts/basics.tsx";
import { Forecast } from "../parts/Forecast.tsx";
import { Link } from "../router.tsx";

interface RunWork {
  run: string;
  model?: string;
  for?: string;
  status?: string;
  tasks: number;
  samples: number;
  micros: number;
  share: number;
  effect?: { loss?: number; accuracy?: number };
  lastAtMs: number;
}

interface Work {
  device: string;
  name?: string;
  tasks: number;
  samples: number;
  flops: number;
  micros: number;
  runs: RunWork[];
}

/** One device of one's own: what it does, will do, and did, for whom, with what effect. */
export function DeviceWork({ id }: { id: string }) {
  const fresh = useFresh<Work>(`/v1/devices/${encodeURIComponent(id)}/work`, 5_000);
  const devices = useFresh<{ devices: Device[] }>("/v1/devices", 3_000).value?.devices;
  const device = devices?.find((each) => each.id === id);
  const work = fresh.value;
  const name = device?.name ?? work?.name;
  useEffect(() => {
    if (name !== undefined) document.title = `${name} – Motley`;
  }, [name]);
  if (work === undefined) return <Absent what="device" trouble={fresh.trouble} all="All devices" href="/devices" />;
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1 class="row">
            <Patch device={id} {...(device === undefined ? {} : { state: device.state })} /> {name ?? "A device of yours"}
          </h1>
          <p class="row">
            {device === undefined ? <span class="tag">not here since the coordinator started</span> : <DeviceTag device={device} />}
            {device !== undefined && <span>heard {ago(device.heardAtMs)}</span>}
          </p>
        </div>
        <Link class="button" href="/devices">
          All devices
        </Link>
      </div>
      {device?.reason !== undefined && <Note look={device.state === "silent" ? "bad" : "wait"}>{device.reason}</Note>}
      <dl class="figures">
        <Figure name="Earned">
          {credits(work.micros)} <small>credits</small>
        </Figure>
        <Figure name="Trainings helped">{count(work.runs.length)}</Figure>
        <Figure name="Tasks that counted">{count(work.tasks)}</Figure>
        <Figure name="Samples">{brief(work.samples)}</Figure>
        <Figure name="Operations">{brief(work.flops)}</Figure>
      </dl>
      {device !== undefined && device.state !== "silent" && <Forecast id={id} />}
      <section class="sheet" aria-labelledby="did">
        <h2 id="did">What it did, for whom</h2>
        {work.runs.length === 0 ? <p class="soft">Nothing that counted yet. As soon as a training gives it a task, it stands here.</p> : <Did runs={work.runs} />}
      </section>
      {device !== undefined && <Limits device={device} />}
    </div>
  );
}

function Did({ runs }: { runs: RunWork[] }) {
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label="What it did">
        <table>
          <thead>
            <tr>
              <th scope="col">Training</th>
              <th scope="col">For</th>
              <th scope="col" class="number wide">
                Samples
              </th>
              <th scope="col" class="number">
                Its share
              </th>
              <th scope="col" class="number">
                Credits
              </th>
              <th scope="col" class="number">
                Accuracy
              </th>
              <th scope="col" class="wide">
                Last
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((each) => (
              <tr key={each.run}>
                <td>
                  <Link href={`/runs/${each.run}`}>{each.model ?? each.run}</Link> {each.status === "active" && <span class="tag good live">at work</span>}
                </td>
                <td>{each.for ?? <span class="soft">–</span>}</td>
                <td class="number wide">{count(each.samples)}</td>
                <td class="number">{percent(each.share)}</td>
                <td class="number">{credits(each.micros)}</td>
                <td class="number">{percent(each.effect?.accuracy)}</td>
                <td class="wide small soft">{moment(each.lastAtMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="soft small">Share: of the work that the training has paid for so far. Accuracy: of the training at its latest test, with everybody's help.</p>
    </>
  );
}

/** What it lends, and how its owner changes that. */
function Limits({ device }: { device: Device }) {
  const { profile, health } = device;
  const isBrowser = (profile.operatingSystem ?? "") === "" || /browser|chrom|firefox|safari/i.test(`${profile.operatingSystem ?? ""} ${profile.processor ?? ""}`);
  return (
    <section class="sheet stack" aria-labelledby="limits">
      <h2 id="limits">What it lends</h2>
      <dl class="pairs">
        <Pair name="Threads" value={profile.threads === undefined ? undefined : `${profile.threads} of ${profile.cores ?? "?"} cores`} />
        <Pair name="Memory" value={profile.memoryLimitBytes === undefined ? undefined : `${bytes(profile.memoryLimitBytes)} of ${bytes(profile.memoryBytes ?? 0)}`} />
        <Pair name="Measured speed" value={profile.gflops === undefined ? undefined : `${profile.gflops.toFixed(1)} GFLOP/s`} />
        <Pair name="Works" value={profile.limits === undefined || profile.limits.length === 0 ? "always" : profile.limits.join("; ")} />
        <Pair name="Battery" value={health.battery === undefined ? undefined : `${percent(health.battery, 0)}${health.onPower === true ? ", charging" : ""}`} />
        <Pair name="Temperature" value={health.temperatureCelsius === undefined ? undefined : `${health.temperatureCelsius.toFixed(0)} °C`} />
      </dl>
      <p class="soft small">
        {isBrowser ? (
          "Its limits are set on its own page, under Limits: battery, memory, mobile data. Nobody can raise them from here."
        ) : (
          <>
            Its limits are set where it runs, and nobody can raise them from here: <code>motley join --threads 2 --hours 22-7 --battery-min 50 --heat-max 80 --not-metered --only-when-idle</code>. When it reaches one it finishes its task, takes no other, and says why
            at the top of this page.
          </>
        )}
      </p>
    </section>
  );
}

function Pair({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
