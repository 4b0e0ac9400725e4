/** A run made ready on this device: its plans with their memory, and the parameters it has. */
import { isNamed, readFrame, widen, encodeVector, type Words } from "./encodings.ts";
import type { Engine, Prepared, Write } from "./engine.ts";
import { KIND_EVALUATE, KIND_TRAIN, type Assignment, type Manifest } from "./messages.ts";
import { overwrittenInputs, type Plan } from "./plan.ts";
import type { Bulk } from "./bulk.ts";

/** Inputs of the programs that are not parameters: inputs, targets, weights, and to train samples and key. */
const TRAIN_INPUTS = 5;
const EVALUATE_INPUTS = 3;
const TOTALS = 2;

/** What a task came to. */
export interface Outcome {
  readonly lossSum: number;
  readonly correct: number;
  /** Time spent computing. */
  readonly computeMicros: number;
  /** What is to be sent; empty of an evaluation. */
  readonly contribution: Uint8Array<ArrayBuffer>;
}

interface Program {
  readonly plan: Plan;
  readonly prepared: Prepared;
  readonly parameterCount: number;
  /** Inputs that have to be written before every run. */
  readonly overwritten: Set<number>;
  /** The parameters in its memory. */
  version?: string;
}

/** A program runs so often on zeros before its first task: browsers compile what is hot a second time. */
const WARM_UPS = 3;
const WARM_UP_MS_MAX = 2_000;

export class Run {
  private readonly programs = new Map<number, Promise<Program>>();
  private readonly ready = new Set<number>();
  private isClosed = false;
  private parameters?: Float32Array<ArrayBuffer>;
  private version?: string;
  private words: { version: bigint; words: Words } | undefined;

  constructor(
    readonly manifest: Manifest,
    private readonly engine: Engine,
    private readonly memoryBytes: number,
  ) {}

  /** Whether a task of this kind can be computed without waiting for a compiler. */
  isReady(kind: number): boolean {
    return this.ready.has(kind);
  }

  /** Has the program of `kind` made, and waits for it; then the other one, for when it is needed. */
  async prepare(kind: number, bulk: Bulk): Promise<void> {
    await this.program(kind, bulk);
    // Whoever needs it learns what is wrong with it.
    this.program(kind === KIND_TRAIN ? KIND_EVALUATE : KIND_TRAIN, bulk).catch(() => {});
  }

  /** Computes a task; undefined if the coordinator has its parameters or its samples no more. */
  async compute(task: Assignment, bulk: Bulk): Promise<Outcome | undefined> {
    const program = await this.program(task.kind, bulk);
    const [isLoaded, inputs] = await Promise.all([this.load(task, bulk), bulk.inputs(task.run, task.lease)]);
    if (!isLoaded || inputs === undefined) return undefined;
    const started = performance.now();
    const isTraining = task.kind === KIND_TRAIN;
    const outputs = isTraining ? program.plan.outputs.map((_, i) => i) : [0, 1];
    const results = await program.prepared.run([...this.writes(program), ...split(program, inputs)], outputs);
    program.version = this.version!;
    const computeMicros = Math.round((performance.now() - started) * 1000);
    return {
      lossSum: scalar(results[0]!),
      correct: scalar(results[1]!),
      computeMicros,
      contribution: isTraining ? encodeVector(task.encoding, joined(results.slice(TOTALS))) : new Uint8Array(0),
    };
  }

  close(): void {
    this.isClosed = true;
    for (const program of this.programs.values()) program.then(({ prepared }) => prepared.close(), () => {});
    this.programs.clear();
    this.ready.clear();
  }

  private program(kind: number, bulk: Bulk): Promise<Program> {
    const known = this.programs.get(kind);
    if (known !== undefined) return known;
    const made = this.make(kind, bulk);
    this.programs.set(kind, made);
    made.then(
      () => !this.isClosed && this.ready.add(kind),
      () => this.programs.delete(kind),
    );
    return made;
  }

  private async make(kind: number, bulk: Bulk): Promise<Program> {
    const isTraining = kind === KIND_TRAIN;
    const hash = isTraining ? this.manifest.gradientProgram : this.manifest.evaluateProgram;
    const plan = await bulk.plan(hash, this.engine, this.memoryBytes);
    const parameterCount = plan.inputs.length - (isTraining ? TRAIN_INPUTS : EVALUATE_INPUTS);
    this.requireFit(plan, parameterCount, isTraining);
    const prepared = await this.engine.prepare(plan);
    const { tuned = [] } = prepared;
    // Nothing depends on it but the speed of others.
    if (tuned.length > 0) await bulk.tunings(this.engine, this.memoryBytes, tuned).catch(() => {});
    if (isTraining) await warmUp(prepared);
    return { plan, prepared, parameterCount, overwritten: overwrittenInputs(plan) };
  }

  private requireFit(plan: Plan, parameterCount: number, isTraining: boolean): void {
    const expected = 4 * this.manifest.parameterElements;
    const sizes = [plan.inputs.slice(0, parameterCount), plan.outputs.slice(TOTALS)];
    for (const ports of isTraining ? sizes : sizes.slice(0, 1)) {
      const bytes = ports.reduce((sum, port) => sum + port.bytes, 0);
      if (bytes !== expected) throw new Error(`plan: ${bytes} bytes of parameters (expected: ${expected})`);
    }
  }

  /** Makes the task's parameters the present ones; what comes damaged is fetched once more, whole. */
  private async load(task: Assignment, bulk: Bulk): Promise<boolean> {
    const version = `${task.fence}/${task.parameterVersion}/${task.parametersSha256}`;
    if (this.version === version) return true;
    delete this.version;
    for (let attempt = 1; attempt <= 2; attempt++) {
      if (!(await this.fetch(task, bulk))) return false;
      if (await isNamed(this.parameters!, task.parametersSha256)) {
        this.version = version;
        return true;
      }
      this.words = undefined;
    }
    throw new Error(
      `parameters: version ${task.parameterVersion} with another SHA-256 (expected: ${task.parametersSha256})`,
    );
  }

  /** False if the coordinator has them no more. */
  private async fetch(task: Assignment, bulk: Bulk): Promise<boolean> {
    const elements = this.manifest.parameterElements;
    if (task.parameterForm === "bf16") {
      const held = this.words;
      const frame = await bulk.frame(task.run, task.parameterVersion, held?.version);
      if (frame === undefined) return false;
      // Whatever goes wrong, the next one is read whole.
      this.words = undefined;
      const words = await readFrame(frame, task.parameterVersion, elements, held);
      this.words = { version: task.parameterVersion, words };
      this.parameters = widen(words);
    } else {
      const bytes = await bulk.parameters(task.run, task.parameterVersion);
      if (bytes === undefined) return false;
      if (bytes.length !== 4 * elements) {
        throw new Error(`parameters: ${bytes.length} bytes (expected: ${4 * elements})`);
      }
      this.parameters = new Float32Array(bytes.buffer);
    }
    return true;
  }

  /** The parameters that are not in the program's memory yet. */
  private writes(program: Program): Write[] {
    const writes: Write[] = [];
    let at = 0;
    for (let input = 0; input < program.parameterCount; input++) {
      const { bytes } = program.plan.inputs[input]!;
      if (program.version !== this.version || program.overwritten.has(input)) {
        writes.push({ input, bytes: new Uint8Array(this.parameters!.buffer, at, bytes) });
      }
      at += bytes;
    }
    return writes;
  }
}

async function warmUp(prepared: Prepared): Promise<void> {
  const end = performance.now() + WARM_UP_MS_MAX;
  for (let i = 0; i < WARM_UPS && performance.now() < end; i++) await prepared.run([], [0]);
}

function split({ plan, parameterCount }: Program, bytes: Uint8Array<ArrayBuffer>): Write[] {
  const ports = plan.inputs.slice(parameterCount);
  const expected = ports.reduce((sum, port) => sum + port.bytes, 0);
  if (bytes.length !== expected) throw new Error(`inputs: ${bytes.length} bytes (expected: ${expected})`);
  let at = 0;
  return ports.map((port, i) => ({ input: parameterCount + i, bytes: bytes.subarray(at, (at += port.bytes)) }));
}

function joined(parts: Uint8Array[]): Float32Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Float32Array(bytes.buffer);
}

function scalar(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
}
