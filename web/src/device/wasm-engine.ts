/** WebAssembly with SIMD: for browsers without a GPU that may be used. */
import { type Engine, type Prepared, Unable, type Write } from "./engine.ts";
import { requireSound, type Plan } from "./plan.ts";
import type { Reply, Request } from "./wasm-compute.ts";

type Question = Request extends infer R ? (R extends unknown ? Omit<R, "id"> : never) : never;

/** How long a task may compute before the engine counts as stuck. */
const RUN_MS_MAX = 120_000;

export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly lost: Promise<string>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve: (outputs: Uint8Array<ArrayBuffer>[]) => void; reject: (e: Error) => void }>();
  private requests = 0;
  private plans = 0;
  private lose: (why: string) => void = () => {};

  private constructor(
    readonly numericClass: string,
    readonly abilities: Readonly<Record<string, string>>,
    readonly threads: number,
  ) {
    this.lost = new Promise((resolve) => (this.lose = resolve));
    this.worker = new Worker(new URL("./wasm-compute.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = (event: MessageEvent<Reply>) => this.answered(event.data);
    this.worker.onerror = (event) => this.fail(event.message || "the computing worker has ended");
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
    const name = numericClass(isFused);
    if (threads > 1 && globalThis.crossOriginIsolated) {
      const engine = new WasmEngine(name, { ...usual, threads: String(threads) }, threads);
      try {
        await engine.ask({ kind: "gather", threads }, []);
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
    await this.ask({ kind: "prepare", plan: number, content: plan }, []);
    return {
      run: (writes: readonly Write[], outputs: readonly number[]) =>
        this.ask({ kind: "run", plan: number, writes: [...writes], outputs: [...outputs] }, []),
      close: () => void this.ask({ kind: "forget", plan: number }, []).catch(() => {}),
    };
  }

  close(): void {
    this.fail("closed");
  }

  private ask(question: Question, transfer: Transferable[]): Promise<Uint8Array<ArrayBuffer>[]> {
    const id = ++this.requests;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.fail(`no result after ${RUN_MS_MAX / 1000} s`), RUN_MS_MAX);
      this.waiting.set(id, {
        resolve: (outputs) => (clearTimeout(late), resolve(outputs)),
        reject: (e) => (clearTimeout(late), reject(e)),
      });
      this.worker.postMessage({ ...question, id }, transfer);
    });
  }

  private answered(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.outputs);
  }

  private fail(why: string): void {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
    this.lose(why);
  }
}

/**
 * Where multiply-adds round once, plans have the bits of the JVM's engine with convolutions that are
 * sums of products (docs/wasm.md): the class is its own.
 */
export function numericClass(isFused: boolean): string {
  return isFused ? "jvm-cpu-3-direct" : "wasm-1";
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
