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
  /** What decides bits, of this machine: the coordinator makes a numeric class of it, which also has the version of its compiler. */
  readonly numericClass: string;
  /** For people. */
  readonly processor: string;
  /** Of the processor, that it takes. */
  readonly threads: number;
  /** Limits and features, for the compiler. */
  readonly abilities: Readonly<Record<string, string>>;
  /** Kernels whose variants were timed, with the best, for people. */
  readonly tuned: string;
  /** Resolves with a reason when the engine is of no use any more. */
  readonly lost: Promise<string>;

  prepare(plan: Plan): Promise<Prepared>;

  close(): void;
}

/** The fastest variant of a kernel on this device. */
export interface Tuned {
  readonly kernel: string;
  readonly variant: string;
}

/** A plan with its memory. */
export interface Prepared {
  /** What was found out by timing variants; it is in use. */
  readonly tuned?: readonly Tuned[];

  /** Writes inputs, runs, and gives the bytes of the outputs asked for. One run at a time. */
  run(writes: readonly Write[], outputs: readonly number[]): Promise<Uint8Array<ArrayBuffer>[]>;

  close(): void;
}

/** Why a browser cannot be a device, in words for its owner. */
export class Unable extends Error {}
