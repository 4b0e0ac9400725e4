/**
 * The device's agent: chooses an engine, joins, works on what it is given, and comes back by itself when
 * the coordinator, the network or the GPU was away.
 */
import { Bulk, type Traffic } from "./bulk.ts";
import { ENCODINGS, readsFrames } from "./encodings.ts";
import { type Engine, Unable } from "./engine.ts";
import { KIND_TRAIN, PROTOCOL_VERSION, type Assignment, type Manifest } from "./messages.ts";
import { bytesOf, wrong, type SelfTest } from "./plan.ts";
import type { Values } from "./protobuf.ts";
import { Run } from "./run.ts";
import { Session } from "./session.ts";
import { WasmEngine } from "./wasm-engine.ts";
import { WebGpuEngine } from "./webgpu-engine.ts";

export const VERSION = "web-1";

/** What the owner decides once. */
export interface Settings {
  readonly token: string;
  readonly deviceId: string;
  readonly name: string;
  readonly platform: string;
  readonly engine: "auto" | "webgpu" | "wasm";
  readonly allowsSoftware: boolean;
  /** Whether a software adapter times variants of kernels, as others do: for tests, since it takes long. */
  readonly tunesSoftware: boolean;
  /** Whether a GPU shares operands of products as half floats, where it has them. */
  readonly wantsHalf: boolean;
  /** Most threads of the processor, where it computes. */
  readonly threads: number;
  readonly memoryBytes: number;
  /** In [0, 1]; below it a device without power takes no tasks. */
  readonly batteryMin: number;
  /** A phone in the background is frozen any moment: it gives its task back before. */
  readonly leavesWhenHidden: boolean;
}

/** What only the page can see. */
export interface Circumstances {
  readonly isVisible: boolean;
  readonly battery?: number;
  readonly onPower?: boolean;
  readonly isMetered: boolean;
  /** It is frozen or ends any moment. */
  readonly isGoing: boolean;
}

export type State = "starting" | "joining" | "idle" | "preparing" | "working" | "paused" | "away" | "hidden" | "ended";

/** What there is to see. */
export interface Status {
  readonly state: State;
  /** Why it does not work, where it does not. */
  readonly reason: string;
  readonly engine: string;
  readonly processor: string;
  /** Kernels whose variants were timed here, with the best. */
  readonly tuned: string;
  /** Why a better engine is not used; empty if there is none. */
  readonly passedOver: string;
  /** The model it works on. */
  readonly work: string;
  /** Answers that counted, and training samples in them. */
  readonly tasks: number;
  readonly samples: number;
  readonly computeMs: number;
  /** Answers that did not count: another was first, or the run had gone on. */
  readonly refused: number;
  readonly downBytes: number;
  readonly upBytes: number;
  /** From the start of the agent until it had joined, had its first program, and its first task counted; 0 before. */
  readonly joinedMs: number;
  readonly readyMs: number;
  readonly firstTaskMs: number;
  readonly losses: number;
}

const RETRY_MS = { first: 250, longest: 8_000 };
const REST_MS = { first: 1_000, longest: 60_000 };
const MANIFESTS_MAX = 1_000;
const GPU_ATTEMPTS = 5;
const GPU_PAUSE_MS = 400;

/** So often an engine may be lost before it counts as unfit; and so often with threads, before there is but one. */
const LOSSES_MAX = 3;
const THREADED_LOSSES_MAX = 2;

export class Agent {
  private readonly traffic: Traffic = { downBytes: 0, upBytes: 0 };
  private readonly started = performance.now();
  private readonly manifests = new Map<string, Manifest>();
  private circumstances: Circumstances = { isVisible: true, isMetered: false, isGoing: false };
  private engine: Engine | undefined;
  private session: Session | undefined;
  private bulk: Bulk | undefined;
  private run: Run | undefined;
  private task: Assignment | undefined;
  /** Samples of tasks whose answers are on their way, by lease. */
  private readonly answered = new Map<bigint, number>();
  private readonly losses = { webgpu: 0, wasm: 0 };
  /** The engine that has computed what is known. */
  private tested: Engine | undefined;
  /** Why the GPU is not to be used. */
  private unfit = "";
  /** That the coordinator counts this device in. */
  private numericClass = "";
  private isBusy = false;
  private hasAsked = false;
  private isJoined = false;
  private isEnded = false;
  private rest = "";
  private restMs = REST_MS.first;
  private retryMs = RETRY_MS.first;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private state: State = "starting";
  private reason = "";
  private passedOver = "";
  private work = "";
  private counts = { tasks: 0, samples: 0, computeMs: 0, refused: 0, joinedMs: 0, readyMs: 0, firstTaskMs: 0, losses: 0 };

  constructor(
    private readonly settings: Settings,
    private readonly listener: (status: Status) => void,
  ) {}

  /** Opens an engine and joins. */
  async start(): Promise<void> {
    this.show("starting", "");
    try {
      await this.openEngine();
    } catch (e) {
      this.end(text(e));
      return;
    }
    this.connect();
  }

  /** Gives the task in hand back and says goodbye. */
  stop(reason: string): void {
    this.leave(reason);
    this.end(reason);
  }

  changed(circumstances: Circumstances): void {
    this.circumstances = circumstances;
    if (this.isEnded || this.engine === undefined) return;
    if (this.isHidden()) {
      clearTimeout(this.retry);
      if (this.state !== "hidden") this.leave("the page is in the background");
      this.show("hidden", "waits until this page is in front again");
    } else if (this.session === undefined) {
      this.retryMs = RETRY_MS.first;
      this.connect();
    } else {
      this.ask();
    }
  }

  private isHidden(): boolean {
    const { isVisible, isGoing } = this.circumstances;
    return isGoing || (this.settings.leavesWhenHidden && !isVisible);
  }

  // Engines.

  private async openEngine(): Promise<void> {
    const { engine: wanted } = this.settings;
    if (this.losses.webgpu >= LOSSES_MAX) this.unfit ||= `the GPU was lost ${this.losses.webgpu} times`;
    if (wanted !== "wasm" && !(this.unfit !== "" && wanted === "auto")) {
      try {
        this.use(await this.openGpu());
        return;
      } catch (e) {
        if (wanted === "webgpu") throw e;
        this.passedOver = text(e);
      }
    }
    if (this.unfit !== "") this.passedOver = this.unfit;
    this.use(await WasmEngine.open(this.losses.wasm < THREADED_LOSSES_MAX ? this.settings.threads : 1));
  }

  /** A GPU that was just lost takes a moment to come back. */
  private async openGpu(): Promise<Engine> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await WebGpuEngine.open(this.settings);
      } catch (e) {
        const isHopeless = e instanceof Unable && this.losses.webgpu === 0;
        if (isHopeless || attempt === GPU_ATTEMPTS) throw e;
        await pause(GPU_PAUSE_MS * attempt);
      }
    }
  }

  private use(engine: Engine): void {
    this.engine = engine;
    void engine.lost.then((why) => this.lost(engine, why));
  }

  private async lost(engine: Engine, why: string): Promise<void> {
    if (this.engine !== engine || this.isEnded) return;
    this.counts.losses++;
    this.losses[engine.name]++;
    await this.reopen(engine, why);
  }

  /** Takes an engine in place of one that is of no use any more. */
  private async reopen(engine: Engine, why: string): Promise<void> {
    const task = this.task;
    if (task !== undefined) this.giveBack(task, why);
    this.task = undefined;
    this.run?.close();
    this.run = undefined;
    this.engine = undefined;
    this.show("starting", why);
    try {
      if (this.losses.wasm >= LOSSES_MAX) throw new Error(why);
      await this.openEngine();
    } catch (e) {
      this.stop(text(e));
      return;
    }
    // Read anew: another engine may have come in its place.
    const next = this.engine as Engine | undefined;
    if (next?.numericClass === engine.numericClass) this.ask();
    else this.leave("another engine");
    if (this.session === undefined) this.connect();
  }

  /** Has the engine compute what is known before its first task; one that does not is given up. */
  private async examine(engine: Engine): Promise<void> {
    const { session, bulk } = this;
    if (bulk === undefined) return;
    this.isBusy = true;
    let problem = "";
    try {
      const test = await bulk.selfTest(engine, this.settings.memoryBytes);
      problem = await this.problemOf(engine, test).catch(text);
    } catch (e) {
      // What the coordinator has no test for it has no plans for; that it is away says nothing of the engine.
      if (e instanceof Unable) problem = e.message;
      else if (this.session === session) session?.close(text(e));
    }
    this.isBusy = false;
    if (this.session !== session || this.engine !== engine) return this.ask();
    if (problem === "") {
      this.tested = engine;
      return this.ask();
    }
    if (engine.name === "wasm" || this.settings.engine === "webgpu") return this.stop(problem);
    this.unfit = problem;
    await this.reopen(engine, problem);
    engine.close();
  }

  /** What is wrong with an engine; empty if nothing is. */
  private async problemOf(engine: Engine, test: SelfTest): Promise<string> {
    const prepared = await engine.prepare(test.plan);
    const writes = test.inputs.map((text, input) => ({ input, bytes: bytesOf(text) }));
    const results = await prepared.run(writes, test.results.map((_, i) => i));
    prepared.close();
    const what = wrong(test, results);
    return what && `${engine.processor} computes ${what}`;
  }

  // The session.

  private connect(): void {
    clearTimeout(this.retry);
    if (this.isEnded || this.isHidden() || this.session !== undefined || this.engine === undefined) return;
    this.show("joining", "");
    this.isJoined = false;
    this.hasAsked = false;
    const session: Session = new Session(this.hello(this.engine), {
      received: (name, message) => {
        if (this.session === session) this.take(name, message);
      },
      closed: (why) => {
        if (this.session === session) this.closed(why);
      },
      health: () => ({
        battery: this.circumstances.battery,
        onPower: this.circumstances.onPower,
        pausedBecause: this.pausedBecause() || undefined,
        lease: this.task?.lease ?? 0n,
      }),
    });
    this.session = session;
  }

  private hello(engine: Engine): Values {
    const cores = navigator.hardwareConcurrency || 1;
    const memory = (navigator as { deviceMemory?: number }).deviceMemory;
    return {
      protocolVersion: PROTOCOL_VERSION,
      token: this.settings.token,
      deviceId: this.settings.deviceId,
      name: this.settings.name,
      profile: {
        operatingSystem: this.settings.platform,
        processor: engine.processor,
        cores,
        threads: engine.threads,
        memoryBytes: BigInt(Math.round((memory ?? 0) * 2 ** 30)),
        memoryLimitBytes: BigInt(this.settings.memoryBytes),
        engines: [engine.name],
        numericClass: engine.numericClass,
        version: VERSION,
        limits: [`on battery down to ${Math.round(100 * this.settings.batteryMin)} %`, "on networks that are not metered"],
        thin: { encodings: ENCODINGS, parameterForms: readsFrames() ? ["f32", "bf16"] : ["f32"] },
      },
    };
  }

  private take(name: string, message: Values): void {
    switch (name) {
      case "welcome":
        this.bulk = new Bulk(message["sessionToken"], this.traffic);
        this.isJoined = true;
        // Of another class: plans in hand are of an older compiler.
        if (this.numericClass !== message["numericClass"]) {
          this.run?.close();
          this.run = undefined;
        }
        this.numericClass = message["numericClass"];
        this.counts.joinedMs ||= this.sinceStart();
        this.retryMs = RETRY_MS.first;
        this.show("idle", "");
        this.ask();
        return;
      case "prepare":
        this.remember(message as unknown as Manifest);
        return;
      case "assign":
        void this.compute(message as unknown as Assignment);
        return;
      case "accepted":
        this.counts.tasks++;
        this.counts.samples += this.answered.get(message["lease"]) ?? 0;
        this.answered.delete(message["lease"]);
        this.counts.firstTaskMs ||= this.sinceStart();
        this.show(this.state, this.reason);
        return;
      case "refused":
        this.counts.refused++;
        this.answered.delete(message["lease"]);
        return;
      case "revoked":
        if (this.task?.lease === message["lease"]) this.task = undefined;
        return;
      case "idle":
        if (!this.isBusy) this.show("idle", message["reason"]);
        return;
      case "goodbye":
        if (message["mayReturn"]) this.session?.close(message["reason"]);
        else this.stop(message["reason"]);
        return;
    }
  }

  /** A coordinator tells about each run once a session. */
  private remember(manifest: Manifest): void {
    this.manifests.set(manifest.run, manifest);
    if (this.manifests.size > MANIFESTS_MAX) {
      const oldest = this.manifests.keys().next().value;
      if (oldest !== undefined) this.manifests.delete(oldest);
    }
  }

  private closed(why: string): void {
    this.session = undefined;
    this.bulk?.close();
    this.bulk = undefined;
    this.task = undefined;
    this.answered.clear();
    if (this.isEnded || this.isHidden()) return;
    this.show("away", why);
    const waitMs = this.retryMs * (0.75 + 0.5 * Math.random());
    this.retryMs = Math.min(2 * this.retryMs, RETRY_MS.longest);
    this.retry = setTimeout(() => this.connect(), waitMs);
  }

  /** Ends the session in order: the coordinator gives the task in hand to another. */
  private leave(reason: string): void {
    const session = this.session;
    session?.send("leaving", { reason });
    session?.close(reason);
  }

  private end(reason: string): void {
    this.isEnded = true;
    clearTimeout(this.retry);
    this.run?.close();
    this.run = undefined;
    // Not closed: the page ends this worker now, and the engine with it. A worker that is ended while one of its own
    // is ending stays in Chromium for ever, and its page with it.
    this.engine = undefined;
    this.show("ended", reason);
  }

  // Tasks.

  private pausedBecause(): string {
    const { battery, onPower, isMetered } = this.circumstances;
    if (battery !== undefined && onPower === false && battery < this.settings.batteryMin) {
      return `battery ${Math.round(100 * battery)} %, limit ${Math.round(100 * this.settings.batteryMin)} %; plug it in`;
    }
    if (isMetered) return "the connection is metered; works again on one that is not";
    return this.rest;
  }

  /** Tells the coordinator that this device is free, unless something keeps it from working. */
  private ask(): void {
    if (!this.isJoined || this.hasAsked || this.isBusy || this.session === undefined || this.engine === undefined) return;
    const pause = this.pausedBecause();
    if (pause !== "") {
      this.show("paused", pause);
      return;
    }
    if (this.tested !== this.engine) {
      void this.examine(this.engine);
      return;
    }
    if (["paused", "starting", "preparing"].includes(this.state)) this.show("idle", "");
    this.hasAsked = this.session.send("workRequest", {});
  }

  private async compute(task: Assignment): Promise<void> {
    const { session, bulk, engine } = this;
    this.hasAsked = false;
    if (bulk === undefined || engine === undefined || this.isBusy) {
      this.giveBack(task, "the device is not ready");
      return;
    }
    const isHere = () => this.session === session && this.engine === engine;
    const isWanted = () => this.task === task && isHere();
    this.task = task;
    this.isBusy = true;
    try {
      const pause = this.pausedBecause();
      if (pause !== "") this.giveBack(task, pause);
      else if (this.ready(task.run, engine).isReady(task.kind)) await this.answer(task, bulk, engine, isHere);
      else await this.prepare(task, bulk, engine);
      this.restMs = REST_MS.first;
    } catch (e) {
      if (isWanted() || (this.state === "preparing" && isHere())) this.fail(task, e);
    } finally {
      if (this.task === task) this.task = undefined;
      this.isBusy = false;
      this.ask();
    }
  }

  /** Nobody shall wait for a compiler: others have the task, and this device asks again when it can compute. */
  private async prepare(task: Assignment, bulk: Bulk, engine: Engine): Promise<void> {
    this.giveBack(task, "its program comes first");
    this.task = undefined;
    const run = this.ready(task.run, engine);
    this.work = run.manifest.name;
    this.show("preparing", "");
    await run.prepare(task.kind, bulk);
    this.counts.readyMs ||= this.sinceStart();
  }

  private async answer(task: Assignment, bulk: Bulk, engine: Engine, isHere: () => boolean): Promise<void> {
    if (task.localSteps !== undefined) throw new Error("the task has local steps, which this device does not take");
    const run = this.ready(task.run, engine);
    this.work = run.manifest.name;
    this.show("working", "");
    const outcome = await run.compute(task, bulk);
    if (!isHere()) return;
    if (outcome === undefined) {
      // The coordinator learns that this device takes longer than a round, and spares it the next ones.
      this.giveBack(task, "came too late: its parameters or samples are gone");
      return;
    }
    this.counts.computeMs += outcome.computeMicros / 1000;
    // Where another was first the coordinator still learns how long this device takes.
    const isSent = this.task === task && task.kind === KIND_TRAIN;
    if (isSent) await bulk.contribute(task.run, task.lease, outcome.contribution);
    if (!isHere()) return;
    this.answered.set(task.lease, task.kind === KIND_TRAIN ? task.count : 0);
    this.session?.send("submission", {
      run: task.run,
      lease: task.lease,
      fence: task.fence,
      round: task.round,
      slot: task.slot,
      parameterVersion: task.parameterVersion,
      samples: task.count,
      lossSum: outcome.lossSum,
      correct: outcome.correct,
      computeMicros: BigInt(outcome.computeMicros),
    });
  }

  private ready(id: string, engine: Engine): Run {
    const manifest = this.manifests.get(id);
    if (manifest === undefined) throw new Error(`run: ${id} (expected: one that was announced)`);
    if (this.run?.manifest.run === id) return this.run;
    this.run?.close(); // There may not be memory for two.
    this.run = new Run(manifest, engine, this.settings.memoryBytes);
    return this.run;
  }

  private giveBack(task: Assignment, reason: string): void {
    this.session?.send("leaseReturn", { run: task.run, lease: task.lease, reason: reason.slice(0, 900) });
  }

  /** Gives the task back and rests, the longer the more often it fails: it would only waste time. */
  private fail(task: Assignment, error: unknown): void {
    const reason = `task failed: ${text(error)}`;
    this.giveBack(task, reason);
    this.run?.close();
    this.run = undefined;
    this.rest = `${reason}; tries again after ${Math.round(this.restMs / 1000)} s`.slice(0, 900);
    setTimeout(() => {
      this.rest = "";
      this.ask();
    }, this.restMs);
    this.restMs = Math.min(2 * this.restMs, REST_MS.longest);
  }

  private sinceStart(): number {
    return Math.round(performance.now() - this.started);
  }

  private show(state: State, reason: string): void {
    this.state = state;
    this.reason = reason;
    this.listener({
      state,
      reason,
      engine: this.engine?.name ?? "",
      processor: this.engine?.processor ?? "",
      tuned: this.engine?.tuned ?? "",
      passedOver: this.passedOver,
      work: this.work,
      ...this.counts,
      ...this.traffic,
    });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
