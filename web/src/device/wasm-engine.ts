/** WebAssembly with SIMD: for browsers without a GPU that may be used. */
import { type Engine, type Prepared, Unable, type Write } from "./engine.ts";
import { requireSound, type Plan } from "./plan.ts";
import type { Reply, Request } from "./wasm-compute.ts";

type Question = Request extends infer R ? (R extends unknown ? Omit<R, "id"> : never) : never;

/** How long a plan may compute before the engine counts as stuck: at first, and for as long as it took before. */
const RUN_MS_MAX = 120_000;
const RUN_MS_MIN = 15_000;
const RUN_FACTOR = 20;
const TICK_MS = 500;

export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly tuned = "";
  readonly lost: Promise<string>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve: (outputs: Uint8Array<ArrayBuffer>[]) => void; reject: (e: Error) => void }>();
  private requests = 0;
  private plans = 0;
  private end = "";
  private lose: (why: string) => void = () => {};

  private constructor(
    readonly numericClass: string,
    readonly abilities: Readonly<Record<string, string>>,
    readonly threads: number,
  ) {
    this.lost = new Promise((resolve) => (this.lose = resolve));
    this.worker = new Worker(new URL("./wasm-compute.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = (event: MessageEvent<Reply>) => this.answered(event.data);
    this.worker.onerror = (event) => {
      event.preventDefault(); // Else it would be an error of the page.
      this.fail(event.message || "the computing worker has ended");
    };
  }

  get processor(): string {
    return this.threads === 1 ? "WebAssembly" : `WebAssembly, ${this.threads} threads`;
  }

  /**
   * @param threads how many may compute at once, where the page is isolated from others
   * @throws Unable if this browser is too old
   */
  static async open(threads: number): Promise<WasmEngine> {
    if (!computes(PLAIN)) {
      throw new Unable("this browser has no WebAssembly with SIMD (expected: one of 2022 or newer, Safari of 2023)");
    }
    // Multiply-adds may round once or twice, as the processor likes it; only once is of use.
    const isFused = computes(FUSED);
    const usual = { simd: "true", relaxedSimd: String(isFused) };
    const name = isFused ? "wasm-fused" : "wasm-plain";
    if (threads > 1 && globalThis.crossOriginIsolated) {
      const engine = new WasmEngine(name, { ...usual, threads: String(threads) }, threads);
      try {
        const lock = `motley ${performance.timeOrigin} ${Math.random()} `;
        await engine.ask({ kind: "gather", threads, lock });
        for (let thread = 1; thread < threads; thread++) engine.watch(lock + thread, thread);
        return engine;
      } catch {
        engine.close(); // One thread computes too.
      }
    }
    return new WasmEngine(name, usual, 1);
  }

  async prepare(plan: Plan): Promise<Prepared> {
    requireSound(plan, this.name);
    const number = ++this.plans;
    await this.ask({ kind: "prepare", plan: number, content: plan });
    let longestMs = RUN_MS_MAX;
    return {
      run: async (writes: readonly Write[], outputs: readonly number[]) => {
        const started = performance.now();
        const limitMs = Math.min(RUN_MS_MAX, Math.max(RUN_MS_MIN, RUN_FACTOR * longestMs));
        const results = await this.ask({ kind: "run", plan: number, writes: [...writes], outputs: [...outputs] }, limitMs);
        const ms = performance.now() - started;
        longestMs = longestMs === RUN_MS_MAX ? ms : Math.max(longestMs, ms);
        return results;
      },
      close: () => void this.ask({ kind: "forget", plan: number }).catch(() => {}),
    };
  }

  close(): void {
    this.fail("closed");
  }

  /** Another thread that ends, however it does, lets its lock go: a run would wait for it for ever. */
  private watch(lock: string, thread: number): void {
    void navigator.locks.request(lock, () => this.fail(`thread ${thread} has ended`));
  }

  private ask(question: Question, limitMs = RUN_MS_MAX): Promise<Uint8Array<ArrayBuffer>[]> {
    const id = ++this.requests;
    return new Promise((resolve, reject) => {
      if (this.end !== "") return reject(new Error(this.end));
      let waitedMs = 0;
      // Not a clock: a machine that slept has not waited.
      const ticking = setInterval(() => (waitedMs += TICK_MS) >= limitMs && this.fail(`no result after ${limitMs / 1000} s`), TICK_MS);
      this.waiting.set(id, {
        resolve: (outputs) => (clearInterval(ticking), resolve(outputs)),
        reject: (e) => (clearInterval(ticking), reject(e)),
      });
      this.worker.postMessage({ ...question, id });
    });
  }

  private answered(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.outputs);
  }

  private fail(why: string): void {
    this.end ||= why;
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
    this.lose(why);
  }
}

const MULTIPLY = [0xfd, 0xe6, 0x01];
const ADD = [0xfd, 0xe4, 0x01];
const MULTIPLY_ADD = [0xfd, 0x85, 0x02];

/** Instructions after the first and the second factor, and after the addend; what must come out. */
const PLAIN = { product: MULTIPLY, sum: ADD, expected: 0 };
const FUSED = { product: [], sum: MULTIPLY_ADD, expected: 2 ** -24 };

/** The numeric self-test: (1 + 2⁻¹²)² - (1 + 2⁻¹¹), which is 2⁻²⁴ where only the end is rounded. */
function computes({ product, sum, expected }: typeof PLAIN): boolean {
  const load = (address: number) => [0x41, address, 0xfd, 0x00, 0x04, 0x00];
  const body = [0, 0x41, 48, ...load(0), ...load(16), ...product, ...load(32), ...sum, 0xfd, 0x0b, 0x04, 0x00, 0x0b];
  const bytes = new Uint8Array([
    ...[0, 97, 115, 109, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[5, 3, 1, 0, 1],
    ...[7, 9, 2, 1, 109, 2, 0, 1, 114, 0, 0],
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
  try {
    if (!WebAssembly.validate(bytes)) return false;
    const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    const lanes = new Float32Array((exports["m"] as WebAssembly.Memory).buffer, 0, 16);
    lanes.fill(1 + 2 ** -12, 0, 8);
    lanes.fill(-(1 + 2 ** -11), 8, 12);
    (exports["r"] as () => void)();
    return lanes.subarray(12, 16).every((lane) => lane === expected);
  } catch {
    return false;
  }
}
