/**
 * A worker that runs WebAssembly plans: apart from the one that holds the session, which must go on
 * answering while a long task computes.
 */
import { bytesOf, type Plan } from "./plan.ts";

interface Loaded {
  readonly plan: Plan;
  readonly memory: WebAssembly.Memory;
  readonly run: (thread: number) => void;
}

export type Request =
  | { id: number; kind: "gather"; threads: number; lock: string }
  | { id: number; kind: "prepare"; plan: number; content: Plan }
  | { id: number; kind: "run"; plan: number; writes: { input: number; bytes: Uint8Array }[]; outputs: number[] }
  | { id: number; kind: "forget"; plan: number };

export type Reply = { id: number; error: string } | { id: number; outputs: Uint8Array<ArrayBuffer>[] };

/** What the first thread says to the others, which are workers of this very script. */
type Order =
  | { kind: "greet"; lock: string }
  | { kind: "load"; plan: number; module: WebAssembly.Module; memory: WebAssembly.Memory; thread: number }
  | { kind: "go"; plan: number; thread: number }
  | { kind: "drop"; plan: number };

/** How long another thread may take to begin; and to get a plan ready, while this one may compute another. */
const BEGIN_MS_MAX = 10_000;
const LOAD_MS_MAX = 100_000;

const loaded = new Map<number, Loaded>();

/** Of the other threads: what they run. */
const runs = new Map<number, (thread: number) => void>();

/** The other threads, numbered from 1. */
let others: Worker[] = [];

/** What they are asked for at present. */
let turn: Promise<unknown> = Promise.resolve();

self.onmessage = async (event: MessageEvent<Request | Order>) => {
  const request = event.data;
  if (!("id" in request)) return obey(request);
  try {
    const outputs = await answer(request);
    const reply: Reply = { id: request.id, outputs };
    self.postMessage(reply, { transfer: outputs.map((bytes) => bytes.buffer) });
  } catch (e) {
    self.postMessage({ id: request.id, error: e instanceof Error ? e.message : String(e) } satisfies Reply);
  }
};

async function answer(request: Request): Promise<Uint8Array<ArrayBuffer>[]> {
  switch (request.kind) {
    case "gather":
      await gather(request);
      return [];
    case "prepare":
      loaded.set(request.plan, await load(request.plan, request.content));
      return [];
    case "forget":
      loaded.delete(request.plan);
      tell({ kind: "drop", plan: request.plan });
      return [];
    case "run":
      return run(request.plan, loaded.get(request.plan)!, request.writes, request.outputs);
  }
}

// Threads.

/** Starts the other threads, each of which holds a lock for as long as it lives; throws if not all of them begin. */
async function gather({ threads, lock }: Request & { kind: "gather" }): Promise<void> {
  const start = (_: unknown, i: number) => new Worker(self.location.href, { type: "module", name: `thread ${i + 1}` });
  try {
    others = Array.from({ length: threads - 1 }, start);
    await all(BEGIN_MS_MAX, (worker, thread) => worker.postMessage({ kind: "greet", lock: lock + thread } satisfies Order));
  } catch (e) {
    for (const worker of others) worker.terminate();
    others = [];
    throw e;
  }
}

function tell(order: Order): void {
  for (const worker of others) worker.postMessage(order);
}

/** Asks every other thread for something and waits until all have said that it is done; one thing after another. */
function all(msMax: number, ask: (worker: Worker, thread: number) => void): Promise<unknown> {
  const done = (worker: Worker, thread: number) =>
    new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`thread ${thread} does not begin`)), msMax);
      worker.onmessage = () => (clearTimeout(late), resolve());
      worker.onerror = (event) => {
        event.preventDefault(); // Else it would be an error of every worker above, and of the page.
        reject(new Error(event.message || `thread ${thread} has ended`));
      };
      ask(worker, thread);
    });
  const asked = turn.catch(() => {}).then(() => Promise.all(others.map((worker, i) => done(worker, i + 1))));
  turn = asked;
  return asked;
}

/**
 * What another thread does. When it has run, the first one knows by the memory they share; so one that cannot run
 * ends, which frees its lock: the first thread waits for it and hears nothing.
 */
function obey(order: Order): void {
  switch (order.kind) {
    case "load": {
      const { module, memory } = order;
      runs.set(order.plan, new WebAssembly.Instance(module, { env: { memory } }).exports["run"] as () => void);
      break;
    }
    case "go":
      try {
        runs.get(order.plan)!(order.thread);
      } catch (e) {
        self.close();
        throw e;
      }
      return;
    case "drop":
      runs.delete(order.plan);
      return;
    case "greet":
      void navigator.locks.request(order.lock, () => {
        self.postMessage("done");
        return new Promise(() => {});
      });
      return;
  }
  self.postMessage("done");
}

// Plans.

async function load(number: number, plan: Plan): Promise<Loaded> {
  const pages = plan.memoryPages ?? 0;
  const threads = plan.threads ?? 1;
  if (threads > 1 && threads !== others.length + 1) {
    throw new Error(`plan: of ${threads} threads (expected: ${others.length + 1})`);
  }
  const memory = new WebAssembly.Memory(threads === 1 ? { initial: pages } : { initial: pages, maximum: pages, shared: true });
  for (const { offset, base64 } of plan.constants) {
    new Uint8Array(memory.buffer).set(bytesOf(base64), offset);
  }
  const module = await WebAssembly.compile(bytesOf(plan.module ?? ""));
  if (threads > 1) {
    await all(LOAD_MS_MAX, (worker, thread) =>
      worker.postMessage({ kind: "load", plan: number, module, memory, thread } satisfies Order),
    );
  }
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return { plan, memory, run: instance.exports["run"] as () => void };
}

function run(number: number, { plan, memory, run }: Loaded, writes: { input: number; bytes: Uint8Array }[], outputs: number[]) {
  const bytes = new Uint8Array(memory.buffer);
  for (const write of writes) bytes.set(write.bytes, plan.inputs[write.input]!.offset);
  if ((plan.threads ?? 1) > 1) others.forEach((worker, i) => worker.postMessage({ kind: "go", plan: number, thread: i + 1 } satisfies Order));
  run(0);
  return outputs.map((i) => {
    const { offset, bytes: length } = plan.outputs[i]!;
    return bytes.slice(offset, offset + length);
  });
}
