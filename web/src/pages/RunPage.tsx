import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ask, type Curves, type Device, download, type Happening, Problem, type Run, tell } from "../api.ts";
import { type Drawn, fromHistory, NOTHING, withEvents } from "../curves.ts";
import { brief, bytes, count, loss, moment, percent } from "../format.ts";
import { follow, useFresh } from "../live.ts";
import { Bones, Confirm, Empty, Note, Patch, patchOf, RunTag } from "../parts/basics.tsx";
import { Curve } from "../parts/Curve.tsx";
import { Events } from "../parts/Events.tsx";
import { Report } from "../parts/Report.tsx";
import { RunFigures } from "../parts/RunFigures.tsx";
import { Dials } from "../parts/Dials.tsx";
import { go, Link } from "../router.tsx";

/** How often a picture changes at most. */
const FRAME_MS = 250;

/** One training, as it goes. */
export function RunPage({ id }: { id: string }) {
  const { run, drawn, happened, trouble } = useRun(id);
  const devices = useFresh<{ devices: Device[] }>("/v1/devices", 3_000).value?.devices;
  if (trouble !== undefined) {
    return (
      <Empty>
        <h1>{trouble.status === 404 ? "No such run" : "That did not work"}</h1>
        <p>{trouble.message}</p>
        <Link class="button" href="/runs">
          All runs
        </Link>
      </Empty>
    );
  }
  const isOver = run !== undefined && run.status !== "active" && run.status !== "paused";
  const line = { x: drawn.rounds.x };
  const dots = { x: drawn.tests.x };
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>{run?.model ?? <span class="soft">Run</span>}</h1>
          <p class="row">
            <span class="mono">{id}</span>
            {run !== undefined && <RunTag run={run} />}
            {run !== undefined && <span>since {moment(run.createdAtMs)}</span>}
          </p>
        </div>
        {run !== undefined && <Deeds run={run} isOver={isOver} />}
      </div>
      {run !== undefined && (run.status === "paused" || isOver || run.progress.devices === 0) && (
        <Note look={run.status === "failed" ? "bad" : run.status === "finished" ? "good" : "wait"}>{run.waiting}</Note>
      )}
      <Now run={run} />
      <div class="halves">
        <section class="sheet">
          <Curve title="Loss" line={{ ...line, y: drawn.rounds.loss }} dots={{ ...dots, y: drawn.tests.loss }} show={loss} ends={run?.request.epochs ?? 1} />
        </section>
        <section class="sheet">
          <Curve
            title="Accuracy"
            line={{ ...line, y: drawn.rounds.accuracy }}
            dots={{ ...dots, y: drawn.tests.accuracy }}
            show={(value) => percent(value, value > 0.98 ? 1 : 0)}
            ends={run?.request.epochs ?? 1}
            range={[0, 1]}
          />
        </section>
      </div>
      {run !== undefined && isOver && <Report run={run} />}
      <div class="two">
        <div class="stack">
          <Contributions run={run} devices={devices} />
          {run !== undefined && !isOver && <Dials key={run.request.strategy} run={run} />}
          <Settings run={run} />
        </div>
        <Events id={id} fresh={happened} devices={devices} />
      </div>
    </div>
  );
}

/** A run, its curves and what happens, live: history first, then events, and history again after each gap. */
function useRun(id: string) {
  const [run, setRun] = useState<Run>();
  const [drawn, setDrawn] = useState<Drawn>(NOTHING);
  const [happened, setHappened] = useState<Happening[]>([]);
  const [trouble, setTrouble] = useState<Problem>();
  const seen = useRef<Run>();
  useEffect(() => {
    const stop = new AbortController();
    let waiting: Happening[] = [];
    let timer = 0;
    const recall = async (now: Run) => {
      const curves = await ask<Curves>(`/v1/runs/${id}/metrics`, stop.signal);
      setDrawn(withEvents(fromHistory(curves, samplesOf(now)), [], now, samplesOf(now)));
    };
    const paint = () => {
      timer = 0;
      const events = waiting;
      waiting = [];
      const now = seen.current;
      if (now === undefined) return;
      setRun(now);
      setDrawn((old) => withEvents(old, events, now, samplesOf(now)));
      const told = events.filter((event) => event.type !== "round");
      if (told.length > 0) setHappened((old) => [...old, ...told].slice(-200));
    };
    const take = (event: Happening) => {
      if (event.type === "run") {
        seen.current = event as unknown as Run;
        void recall(seen.current).catch(() => {});
      } else if (seen.current !== undefined) {
        seen.current = updated(seen.current, event);
        waiting.push({ atMs: Date.now(), ...event });
      }
      timer ||= window.setTimeout(paint, event.type === "run" ? 0 : FRAME_MS);
    };
    const look = async () => {
      seen.current = await ask<Run>(`/v1/runs/${id}`, stop.signal);
      setRun(seen.current);
      await recall(seen.current);
    };
    look()
      .catch((failure: unknown) => {
        if (failure instanceof Problem) throw failure;
      })
      .then(() => follow(`/v1/runs/${id}/events`, stop.signal, take))
      .catch((failure: unknown) => {
        if (failure instanceof Problem && !stop.signal.aborted) setTrouble(failure);
      });
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [id]);
  return { run, drawn, happened, trouble };
}

function samplesOf(run: Run): number {
  return Math.max(1, run.progress.samplesInRun / Math.max(1, run.progress.epochs));
}

/** The run after an event, without asking for it again. */
function updated(run: Run, event: Happening): Run {
  switch (event.type) {
    case "status":
      return { ...run, status: event["status"] as Run["status"], waiting: statusText(event) || run.waiting };
    case "round":
      return {
        ...run,
        lastRound: event as unknown as NonNullable<Run["lastRound"]>,
        progress: {
          ...run.progress,
          epoch: Number(event["epoch"]),
          round: Number(event["roundOfEpoch"]),
          rounds: Number(event["roundsOfEpoch"]),
          samplesDone: run.progress.samplesInRun - Number(event["samplesLeft"]),
          samplesPerSecond: Number(event["samplesPerSecond"]),
          devices: Number(event["devices"]),
          isEvaluating: false,
        },
      };
    case "evaluation":
      return { ...run, lastEvaluation: event as unknown as NonNullable<Run["lastEvaluation"]> };
    default:
      return run;
  }
}

function statusText(event: Happening): string {
  if (event["status"] === "paused") return "The run is paused.";
  return typeof event["reason"] === "string" ? event["reason"] : "";
}

function Now({ run }: { run: Run | undefined }) {
  return (
    <div class="stack" style={{ gap: "0.8rem" }}>
      <RunFigures run={run} />
    </div>
  );
}

function Deeds({ run, isOver }: { run: Run; isOver: boolean }) {
  const [trouble, setTrouble] = useState("");
  const [isAsked, ask] = useState(false);
  // A run that began with somebody's weights may have begun with Keras'.
  const isMaybeKeras = run.request["initialWeights"] !== undefined || run.request["ancestor"] !== undefined;
  const forms = [...(isMaybeKeras ? ["keras", "h5"] : []), "safetensors", "npz"];
  const [chosen, setForm] = useState("");
  const form = chosen === "" ? (forms[0] ?? "safetensors") : chosen;
  const act = async (deed: () => Promise<unknown>) => {
    try {
      setTrouble("");
      await deed();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  const path = `/v1/runs/${run.id}`;
  const goOn = async () => {
    const next = await tell<Run>("POST", `${path}/continue`, {});
    go(`/runs/${next.id}`);
  };
  return (
    <div class="row">
      {run.status === "active" && (
        <button type="button" class="button" onClick={() => void act(() => tell("POST", `${path}/pause`))}>
          Pause
        </button>
      )}
      {run.status === "paused" && (
        <button type="button" class="button deed" onClick={() => void act(() => tell("POST", `${path}/resume`))}>
          Resume
        </button>
      )}
      {!isOver && (
        <button type="button" class="button danger" onClick={() => ask(true)}>
          Stop
        </button>
      )}
      {isOver && (
        <button type="button" class="button" onClick={() => void act(goOn)} title="A new run begins with what this one has learnt">
          Train on
        </button>
      )}
      <span class="row">
        <button type="button" class="button" onClick={() => void act(() => download(`${path}/model?format=${form}`, `${run.model}-${run.id}.${form}`))}>
          Download {isOver ? "model" : "latest"}
        </button>
        <button type="button" class="button" onClick={() => void act(() => download(`${path}/model?checkpoint=best&format=${form}`, `${run.model}-${run.id}-best.${form}`))}>
          Best
          <span class="hidden">: download the model whose test went best</span>
        </button>
        <label class="hidden" for="form">
          Form of the file
        </label>
        <select id="form" style={{ width: "auto" }} value={form} onChange={(event) => setForm(event.currentTarget.value)}>
          {forms.map((each) => (
            <option key={each} value={each}>
              .{each}
            </option>
          ))}
        </select>
      </span>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      {isAsked && (
        <Confirm
          title="Stop this run?"
          deed="Stop it"
          onNo={() => ask(false)}
          onYes={() => {
            ask(false);
            void act(() => tell("POST", `${path}/stop`));
          }}
        >
          <p>It ends at the last round, whose parameters are kept. A run that shall go on later can be paused instead.</p>
        </Confirm>
      )}
    </div>
  );
}

interface Share {
  device: string;
  name: string;
  tasks: number;
  samples: number;
  state?: Device["state"] | undefined;
  rate: number;
}

/** Who did how much. Where the coordinator does not count by run, what devices did at all. */
function Contributions({ run, devices }: { run: Run | undefined; devices: Device[] | undefined }) {
  const shares = useMemo<Share[] | undefined>(() => {
    if (run === undefined || devices === undefined) return undefined;
    return devices
      .filter((device) => device.run === run.id)
      .map((device) => ({ device: device.id, name: device.name, state: device.state, rate: device.work.samplesPerSecond, ...device.work }))
      .sort((a, b) => b.samples - a.samples);
  }, [run?.id, devices]);
  const total = shares?.reduce((sum, share) => sum + share.samples, 0) ?? 0;
  return (
    <section class="sheet" aria-labelledby="who">
      <h2 id="who">Who takes part</h2>
      {shares === undefined && <Bones rows={2} />}
      {shares?.length === 0 && <p class="soft">No device works for this run at present.</p>}
      {shares !== undefined && shares.length > 0 && (
        <div class="stack" style={{ gap: "1rem" }}>
          <div class="shares" aria-hidden="true">
            {shares.map((share) => (
              <span key={share.device} class={`patch-${patchOf(share.device)}`} style={{ flexGrow: Math.max(share.samples, total / 200) }} />
            ))}
          </div>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Device</th>
                  <th scope="col" class="number">
                    Share
                  </th>
                  <th scope="col" class="number">
                    Samples
                  </th>
                  <th scope="col" class="number wide">
                    Tasks
                  </th>
                  <th scope="col" class="number wide">
                    Samples/s
                  </th>
                </tr>
              </thead>
              <tbody>
                {shares.map((share) => (
                  <tr key={share.device}>
                    <td>
                      <span class="row">
                        <Patch device={share.device} {...(share.state === undefined ? {} : { state: share.state })} /> {share.name}
                      </span>
                    </td>
                    <td class="number">{total === 0 ? "–" : percent(share.samples / total, 0)}</td>
                    <td class="number">{count(share.samples)}</td>
                    <td class="number wide">{count(share.tasks)}</td>
                    <td class="number wide">{brief(share.rate)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="soft small">Counted since each device joined.</p>
        </div>
      )}
    </section>
  );
}

const HIDDEN = new Set(["model", "dataset", "ancestor", "initialWeights"]);

function Settings({ run }: { run: Run | undefined }) {
  if (run === undefined) return null;
  const { request, traffic } = run;
  const dataset = request.dataset;
  const ancestor = request["ancestor"] as { run: string } | undefined;
  return (
    <section class="sheet">
      <details>
        <summary>Settings</summary>
        <dl class="pairs">
          <dt>samples</dt>
          <dd>
            {count(Number(dataset["trainSamples"] ?? 0))} to learn from, {count(Number(dataset["testSamples"] ?? 0))} to be judged by
          </dd>
          {Object.entries(request)
            .filter(([name]) => !HIDDEN.has(name))
            .map(([name, value]) => (
              <Pair key={name} name={name} value={typeof value === "object" ? JSON.stringify(value) : String(value)} />
            ))}
          {ancestor !== undefined && (
            <>
              <dt>goes on from</dt>
              <dd>
                <Link class="mono" href={`/runs/${ancestor.run}`}>
                  {ancestor.run}
                </Link>
              </dd>
            </>
          )}
          {traffic !== undefined && <Pair name="over the network" value={`${bytes(traffic.downBytes)} to devices, ${bytes(traffic.upBytes)} from them`} />}
          {run.weightsSha256 !== undefined && <Pair name="weights" value={run.weightsSha256} />}
        </dl>
      </details>
    </section>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class={value.length > 40 ? "mono" : ""}>{value}</dd>
    </>
  );
}
