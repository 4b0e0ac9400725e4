/** The page that makes this browser a device: what it costs, what it does, and how to stop. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Circumstances, Settings, Status } from "./agent.ts";
import { browserName, claimId, cores, isPhone, joinToken, platform, watchCircumstances } from "./surroundings.ts";
import type { ToWorker } from "./worker.ts";
import "./device.css";

const GIB = 2 ** 30;

/** Most threads that plans are made for. */
const THREADS_MAX = 16;

/** What the owner chose, kept for the next time. */
interface Choices {
  name: string;
  engine: Settings["engine"];
  threads: number;
  batteryMin: number;
  memoryGib: number;
  keepsAwake: boolean;
  usesMetered: boolean;
}

const STATES: Record<Status["state"], string> = {
  starting: "Getting ready",
  joining: "Joining",
  idle: "Waiting for work",
  preparing: "Getting the programs of a training",
  working: "Working",
  paused: "Paused",
  away: "The coordinator is away",
  hidden: "In the background",
  ended: "Stopped",
};

export function DevicePage() {
  const [choices, choose] = useState(readChoices);
  const [status, setStatus] = useState<Status>();
  const worker = useRef<Worker>(null);
  const isOn = status !== undefined && status.state !== "ended";
  const change = (part: Partial<Choices>) => {
    const now = { ...choices, ...part };
    localStorage.setItem("motley.device", JSON.stringify(now));
    choose(now);
  };

  const start = async () => {
    if (worker.current !== null) return; // People click twice.
    const running = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.current = running;
    let hasSpoken = false;
    running.onerror = (event) => {
      console.error("the device's worker failed:", event.message);
      if (hasSpoken) return;
      // It did not begin: the button may be tried again.
      running.terminate();
      worker.current = null;
    };
    const id = await claimId();
    const settings = settingsOf(choices, id);
    let circumstances: Circumstances | undefined;
    const told = (now: Circumstances) => {
      const seen = { ...now, isMetered: now.isMetered && !choices.usesMetered };
      const message: ToWorker =
        circumstances === undefined ? { kind: "start", settings, circumstances: seen } : { kind: "changed", circumstances: seen };
      circumstances = seen;
      running.postMessage(message);
    };
    const stopWatching = await watchCircumstances(told);
    running.onmessage = (event: MessageEvent<Status>) => {
      if (worker.current !== running) return;
      hasSpoken = true;
      setStatus(event.data);
      if (event.data.state === "ended") {
        worker.current = null;
        stopWatching();
        // Its last words are still on their way.
        setTimeout(() => running.terminate(), 1_000);
      }
    };
    sessionStorage.setItem("motley.device.on", "yes");
  };

  const stop = () => {
    sessionStorage.removeItem("motley.device.on");
    worker.current?.postMessage({ kind: "stop", reason: "the owner stopped it" } satisfies ToWorker);
  };

  // Whoever had agreed before a reload has agreed.
  useEffect(() => {
    if (sessionStorage.getItem("motley.device.on") !== null) void start();
    return () => worker.current?.postMessage({ kind: "stop", reason: "the page was left" } satisfies ToWorker);
  }, []);
  useEffect(() => {
    if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/service-worker.js").catch(() => {});
  }, []);
  const isAtWork = useLately(status?.state === "preparing" || status?.state === "working", REST_MS);
  useWakeLock(isOn && isAtWork && choices.keepsAwake);

  return (
    <div class="stack device">
      <div class="head">
        <div>
          <h1>{isOn ? "This browser is a device" : "Lend this browser's arithmetic"}</h1>
          <p>
            It trains a neural network for <strong>{location.host}</strong>, together with other devices.
          </p>
        </div>
      </div>
      {isOn ? <AtWork status={status} onStop={stop} /> : <Consent choices={choices} onChange={change} onStart={() => void start()} />}
      {status?.state === "ended" && status.reason !== "" && (
        <p class="note" role="status" data-test="ending">
          Stopped: {status.reason}
        </p>
      )}
    </div>
  );
}

export default DevicePage;

function Consent(props: { choices: Choices; onChange: (part: Partial<Choices>) => void; onStart: () => void }) {
  const { choices, onChange, onStart } = props;
  return (
    <>
      <section class="sheet stack" aria-label="What it costs">
        <ul class="costs">
          <li>
            <strong>Computing.</strong> {choices.threads === 1 ? "One core" : `${choices.threads} cores`} or the graphics processor {choices.threads === 1 ? "is" : "are"} busy
            while there is work. The device gets warm, and other pages may feel slower.
          </li>
          <li>
            <strong>Data.</strong> The model comes down and its changes go up again for every task: from some hundred kilobytes for a small
            network to many megabytes. This page counts them.
          </li>
          <li>
            <strong>Battery.</strong> It empties faster. {"getBattery" in navigator ? `Below ${choices.batteryMin} % without power it pauses.` : "This browser does not say how full it is: plug it in."}
          </li>
          <li>
            <strong>Safety.</strong> It runs tensor programs in the browser's sandbox, reads none of your files, and ends with this page.
          </li>
        </ul>
        {isPhone() && <p class="note">Keep this page in front: in the background a phone stops pages, so this one leaves, and comes back with you.</p>}
        <div>
          <button type="button" class="button deed" data-test="start" onClick={onStart}>
            Join
          </button>
        </div>
      </section>
      <details class="sheet">
        <summary>Limits</summary>
        <div class="fields">
          <label class="field">
            Name, for people
            <input value={choices.name} maxLength={64} onChange={(e) => onChange({ name: e.currentTarget.value })} />
          </label>
          <label class="field">
            Computes with
            <select value={choices.engine} onChange={(e) => onChange({ engine: e.currentTarget.value as Settings["engine"] })}>
              <option value="auto">whatever is best</option>
              <option value="webgpu">the graphics processor (WebGPU)</option>
              <option value="wasm">the processor (WebAssembly)</option>
            </select>
          </label>
          <label class="field">
            Cores, of {cores()}
            <input
              type="number"
              min="1"
              max={Math.min(THREADS_MAX, cores())}
              value={choices.threads}
              data-test="threads"
              onChange={(e) => onChange({ threads: Math.round(number(e, 1, Math.min(THREADS_MAX, cores()), usualThreads())) })}
            />
          </label>
          <label class="field">
            Memory, GiB
            <input type="number" min="0.25" max="4" step="0.25" value={choices.memoryGib} onChange={(e) => onChange({ memoryGib: number(e, 0.25, 4, 0.5) })} />
          </label>
          <label class="field">
            Pauses below, % of the battery
            <input type="number" min="0" max="100" value={choices.batteryMin} onChange={(e) => onChange({ batteryMin: number(e, 0, 100, 20) })} />
          </label>
          <label class="check">
            <input type="checkbox" checked={choices.keepsAwake} onChange={(e) => onChange({ keepsAwake: e.currentTarget.checked })} />
            Keeps the screen on while it works
          </label>
          <label class="check">
            <input type="checkbox" checked={choices.usesMetered} onChange={(e) => onChange({ usesMetered: e.currentTarget.checked })} />
            Works over mobile data, too
          </label>
        </div>
      </details>
    </>
  );
}

function AtWork({ status, onStop }: { status: Status; onStop: () => void }) {
  const perTask = status.tasks === 0 ? 0 : (status.downBytes + status.upBytes) / status.tasks;
  return (
    <section class="sheet stack" aria-live="polite">
      <div class="head">
        <h2 data-test="state" data-state={status.state}>
          {STATES[status.state]}
          {status.state === "working" && status.work !== "" && <span class="soft"> on {status.work}</span>}
        </h2>
        <button type="button" class="button" data-test="stop" onClick={onStop}>
          Stop
        </button>
      </div>
      {status.reason !== "" && <p class="soft">{status.reason}</p>}
      <dl class="figures" data-test="figures" data-status={JSON.stringify(status)}>
        <Figure name="Tasks that counted">{status.tasks.toLocaleString()}</Figure>
        <Figure name="Came too late">{status.refused.toLocaleString()}</Figure>
        <Figure name="Samples">{status.samples.toLocaleString()}</Figure>
        <Figure name="Computing">{seconds(status.computeMs)}</Figure>
        <Figure name="Down, up">
          {mebibytes(status.downBytes)} <small>down</small> {mebibytes(status.upBytes)} <small>up</small>
        </Figure>
        <Figure name="A task">{status.tasks === 0 ? "–" : mebibytes(perTask)}</Figure>
      </dl>
      <p class="soft small" data-test="engine">
        {status.engine === "" ? "No engine yet" : `Computes with ${status.engine === "webgpu" ? `WebGPU on ${status.processor}` : status.processor}`}
        {status.passedOver !== "" && `. Not with WebGPU: ${status.passedOver}`}.
      </p>
    </section>
  );
}

function Figure({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Between two tasks the screen stays on so long. */
const REST_MS = 20_000;

/** True from the moment `is` is until it has not been for `ms`. */
function useLately(is: boolean, ms: number): boolean {
  const [was, remember] = useState(is);
  useEffect(() => {
    if (is) {
      remember(true);
      return;
    }
    const end = setTimeout(() => remember(false), ms);
    return () => clearTimeout(end);
  }, [is, ms]);
  return is || was;
}

/** Holds the screen on while it is wanted and the page is seen: never in the background. */
function useWakeLock(isWanted: boolean) {
  useEffect(() => {
    if (!isWanted || !("wakeLock" in navigator)) return;
    let lock: WakeLockSentinel | undefined;
    let isOver = false;
    const isDue = () => !isOver && document.visibilityState === "visible";
    const letGo = () => {
      void lock?.release();
      lock = undefined;
    };
    const look = async () => {
      if (!isDue()) return letGo();
      if (lock !== undefined && !lock.released) return;
      try {
        const held = await navigator.wakeLock.request("screen");
        letGo();
        lock = held;
        if (!isDue()) letGo();
      } catch {
        // Refused, as with an empty battery: it works without.
      }
    };
    const looks = () => void look();
    looks();
    document.addEventListener("visibilitychange", looks);
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", looks);
      letGo();
    };
  }, [isWanted]);
}

function settingsOf(choices: Choices, deviceId: string): Settings {
  return {
    token: joinToken(),
    deviceId,
    name: choices.name.trim() || browserName(),
    platform: platform(),
    engine: choices.engine,
    allowsSoftware: isAsked("software"),
    tunesSoftware: isAsked("tune"),
    wantsHalf: isAsked("half"),
    threads: choices.threads,
    memoryBytes: Math.round(choices.memoryGib * GIB),
    batteryMin: choices.batteryMin / 100,
    leavesWhenHidden: isPhone(),
  };
}

/** Whether the address says yes to it. */
function isAsked(name: string): boolean {
  return new URLSearchParams(location.search).get(name) === "yes";
}

/** Half of what there is, as people go on using it. */
function usualThreads(): number {
  return Math.min(THREADS_MAX, Math.ceil(cores() / 2));
}

function readChoices(): Choices {
  const usual: Choices = { name: browserName(), engine: "auto", threads: usualThreads(), batteryMin: 20, memoryGib: 0.5, keepsAwake: true, usesMetered: false };
  const asked = new URLSearchParams(location.search).get("engine");
  const threads = Number(new URLSearchParams(location.search).get("threads"));
  const engine = {
    ...(asked === "webgpu" || asked === "wasm" ? { engine: asked as Settings["engine"] } : {}),
    ...(threads >= 1 && threads <= THREADS_MAX ? { threads: Math.floor(threads) } : {}),
  };
  try {
    return { ...usual, ...JSON.parse(localStorage.getItem("motley.device") ?? "{}"), ...engine };
  } catch {
    return { ...usual, ...engine };
  }
}

function number(event: { currentTarget: HTMLInputElement }, min: number, max: number, usual: number): number {
  const value = event.currentTarget.valueAsNumber;
  return Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : usual;
}

function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

function mebibytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
