/** Device plans, as `docs/protocol/device-plan.md` describes them. */

export interface Place {
  readonly buffer: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface Port extends Place {
  readonly name: string;
  readonly type: "f32" | "i32" | "bool";
  readonly shape: readonly number[];
}

export interface Dispatch {
  readonly shader: number;
  readonly entry: string;
  readonly bindings: readonly (Place & { readonly write?: boolean })[];
  readonly groups: readonly [number, number, number];
}

/** Another way to do what a dispatch does. */
export interface Variant {
  readonly dispatch: number;
  readonly kernel: string;
  readonly name: string;
  readonly shader: number;
  readonly groups: readonly [number, number, number];
}

export interface Plan {
  readonly format: number;
  readonly engine: string;
  readonly program: string;
  readonly buffers: readonly number[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly constants: readonly { buffer: number; offset: number; base64: string }[];
  readonly shaders?: readonly string[];
  readonly dispatches?: readonly Dispatch[];
  readonly variants?: readonly Variant[];
  readonly memoryPages?: number;
  /** How many run it together, each with an instance of its own; 1 if absent. */
  readonly threads?: number;
  readonly module?: string;
}

/** A plan with its inputs and what must come out, all numbers in base64; how far off an element may be is its bound. */
export interface SelfTest {
  readonly plan: Plan;
  readonly inputs: readonly string[];
  readonly results: readonly { readonly name: string; readonly expected: string; readonly bound: string }[];
}

/** What is wrong with results, as "an exponential of 1.7 (expected: …)"; empty if nothing is. */
export function wrong({ results }: Pick<SelfTest, "results">, given: readonly Uint8Array<ArrayBuffer>[]): string {
  const floats = (text: string) => new Float32Array(bytesOf(text).buffer);
  for (const [i, { name, expected, bound }] of results.entries()) {
    const values = new Float32Array(given[i]!.buffer);
    const [numbers, bounds] = [floats(expected), floats(bound)];
    // NaN, too, is beyond.
    const at = numbers.findIndex((number, k) => !(Math.abs(values[k]! - number) <= bounds[k]!));
    if (at >= 0) return `${name} of ${values[at]} (expected: ${numbers[at]} within ${bounds[at]})`;
  }
  return "";
}

const FORMAT = 1;

/** @throws Error if a reader of this version must not run it */
export function requireSound(plan: Plan, engine: string): void {
  if (plan.format !== FORMAT) throw new Error(`plan: format ${plan.format} (expected: ${FORMAT})`);
  if (plan.engine !== engine) throw new Error(`plan: for ${plan.engine} (expected: ${engine})`);
  const bindings = (plan.dispatches ?? []).flatMap((dispatch) => dispatch.bindings);
  for (const place of [...plan.inputs, ...plan.outputs, ...bindings]) {
    const size = plan.buffers[place.buffer];
    if (size === undefined || place.offset < 0 || place.offset + place.bytes > size) {
      throw new Error(`plan: ${JSON.stringify(place)} (expected: inside of its buffer)`);
    }
  }
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Numbers of the inputs whose place a result takes in a run. */
export function overwrittenInputs(plan: Plan): Set<number> {
  const overlaps = (one: Place, other: Place) =>
    one.buffer === other.buffer && one.offset < other.offset + other.bytes && other.offset < one.offset + one.bytes;
  const numbers = new Set<number>();
  plan.inputs.forEach((input, i) => {
    if (plan.outputs.some((output) => overlaps(input, output))) numbers.add(i);
  });
  return numbers;
}
