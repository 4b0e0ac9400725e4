/** What runs plans. */
import type { Plan } from "./plan.ts";

/** Bytes for an input, before a run. */
export interface Write {
  readonly input: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Engine {
  /** As plans name it. */
  readonly name: "webgpu" | "wasm";
  /** Devices of one class compute bit-identical results. */
  readonly numericClass: string;
  /** For people. */
  readonly processor: string;
  /** Of the processor, that it takes. */
  readonly threads: number;
  /** Limits and features, for the compiler. */
  readonly abilities: Readonly<Record<string, string>>;
  /** Resolves with a reason when the engine is of no use any more. */
  readonly lost: Promise<string>;

  prepare(plan: Plan): Promise<Prepared>;

  close(): void;
}

/** A plan with its memory. */
export interface Prepared {
  /** Writes inputs, runs, and gives the bytes of the outputs asked for. One run at a time. */
  run(writes: readonly Write[], outputs: readonly number[]): Promise<Uint8Array<ArrayBuffer>[]>;

  close(): void;
}

/** Why a browser cannot be a device, in words for its owner. */
export class Unable extends Error {}
