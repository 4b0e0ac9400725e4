/**
 * A worker that runs WebAssembly plans: apart from the one that holds the session, which must go on
 * answering while a long task computes.
 */
import { bytesOf, type Plan } from "./plan.ts";

interface Loaded {
  readonly plan: Plan;
  readonly memory: WebAssembly.Memory;
  readonly run: () => void;
}

export type Request =
  | { id: number; kind: "prepare"; plan: number; content: Plan }
  | { id: number; kind: "run"; plan: number; writes: { input: number; bytes: Uint8Array }[]; outputs: number[] }
  | { id: number; kind: "forget"; plan: number };

export type Reply = { id: number; error: string } | { id: number; outputs: Uint8Array<ArrayBuffer>[] };

const loaded = new Map<number, Loaded>();

self.onmessage = async (event: MessageEvent<Request>) => {
  const request = event.data;
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
    case "prepare":
      loaded.set(request.plan, await load(request.content));
      return [];
    case "forget":
      loaded.delete(request.plan);
      return [];
    case "run":
      return run(loaded.get(request.plan)!, request.writes, request.outputs);
  }
}

async function load(plan: Plan): Promise<Loaded> {
  const pages = plan.memoryPages ?? 0;
  const memory = new WebAssembly.Memory({ initial: pages });
  for (const { offset, base64 } of plan.constants) {
    new Uint8Array(memory.buffer).set(bytesOf(base64), offset);
  }
  const module = await WebAssembly.instantiate(bytesOf(plan.module ?? ""), { env: { memory } });
  return { plan, memory, run: module.instance.exports["run"] as () => void };
}

function run({ plan, memory, run }: Loaded, writes: { input: number; bytes: Uint8Array }[], outputs: number[]) {
  const bytes = new Uint8Array(memory.buffer);
  for (const write of writes) bytes.set(write.bytes, plan.inputs[write.input]!.offset);
  run();
  return outputs.map((i) => {
    const { offset, bytes: length } = plan.outputs[i]!;
    return bytes.slice(offset, offset + length);
  });
}
