/**
 * Forms in which vectors travel, as `motley.wire.encoding` defines them: byte for byte the same as from
 * any other device.
 */

/** Of contributions. */
export const ENCODINGS = ["f32", "bf16", "int8"];

const BLOCK = 256;
const LEVELS = 127;
const SMALLEST = 2 ** -100;
const FRAME_HEADER_BYTES = 48;
const TILE = 4096;
const WHOLE = 0xffffffffffffffffn;

/** @throws Error if there is no such encoding */
export function encodeVector(encoding: string, vector: Float32Array): Uint8Array<ArrayBuffer> {
  switch (encoding) {
    case "":
    case "f32":
      return bytesOf(vector);
    case "bf16":
      return bytesOf(words(vector));
    case "int8":
      return blocks(vector);
    default:
      throw new Error(`encoding: ${encoding} (expected: one of ${ENCODINGS.join(", ")})`);
  }
}

function bytesOf(array: Float32Array | Uint16Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}

/** Upper halves, rounded to nearest, ties to even; what is no number stays none. */
function words(vector: Float32Array): Uint16Array {
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  const out = new Uint16Array(vector.length);
  for (let i = 0; i < bits.length; i++) {
    const each = bits[i]!;
    const isNumber = (each & 0x7fffffff) <= 0x7f800000;
    out[i] = isNumber ? (each + 0x7fff + ((each >>> 16) & 1)) >>> 16 : 0x7fc0;
  }
  return out;
}

/** A scale for every 256 elements, then a signed byte for each. */
function blocks(vector: Float32Array): Uint8Array<ArrayBuffer> {
  const count = Math.ceil(vector.length / BLOCK);
  const out = new Uint8Array(4 * count + vector.length);
  const scales = new Float32Array(out.buffer, 0, count);
  const codes = new Int8Array(out.buffer, 4 * count);
  for (let block = 0; block < count; block++) {
    const from = block * BLOCK;
    const end = Math.min(vector.length, from + BLOCK);
    let largest = 0;
    for (let i = from; i < end; i++) largest = Math.max(largest, Math.abs(vector[i]!));
    const isFinite = Number.isFinite(largest);
    if (!isFinite || largest < SMALLEST) {
      scales[block] = isFinite ? 0 : NaN;
      continue;
    }
    scales[block] = largest / LEVELS;
    const inverse = Math.fround(LEVELS / largest);
    for (let i = from; i < end; i++) codes[i] = nearest(Math.fround(vector[i]! * inverse));
  }
  return out;
}

/** Ties to even, as processors round. */
function nearest(value: number): number {
  return Math.fround(value + 12582912) - 12582912;
}

/** Words of parameters rounded to bfloat16, as they are held. */
export type Words = Uint16Array;


/** Whether this browser can read frames: their hash must be checked. */
export function readsFrames(): boolean {
  return globalThis.crypto?.subtle !== undefined && typeof DecompressionStream === "function";
}

/**
 * Reads the frame of `version`.
 *
 * @param held the words of version `heldVersion`, if any are
 * @throws Error if it is another, is malformed, or its hash is wrong
 */
export async function readFrame(
  bytes: Uint8Array<ArrayBuffer>,
  version: bigint,
  elements: number,
  held?: { version: bigint; words: Words },
): Promise<Words> {
  if (bytes.length < FRAME_HEADER_BYTES) throw new Error("parameters: cut off");
  const head = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEADER_BYTES);
  const found = head.getBigUint64(0, true);
  if (found !== version) throw new Error(`parameters: version ${found} (expected: ${version})`);
  const base = head.getBigUint64(8, true);
  const isWhole = base === WHOLE;
  if (!isWhole && base !== held?.version) throw new Error(`parameters: differ from ${base}, which is not held`);
  const planes = await inflate(bytes.subarray(FRAME_HEADER_BYTES), 2 * elements);
  const words = new Uint16Array(elements);
  for (let at = 0; at < elements; at += TILE) {
    const length = Math.min(TILE, elements - at);
    for (let i = 0; i < length; i++) {
      const sent = planes[2 * at + i]! | (planes[2 * at + length + i]! << 8);
      words[at + i] = isWhole ? sent : held!.words[at + i]! + ((sent >>> 1) ^ -(sent & 1));
    }
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", words));
  const isRight = hash.every((byte, i) => byte === bytes[16 + i]);
  if (!isRight) throw new Error("parameters: another hash than was announced");
  return words;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const out = new Uint8Array(length);
  const reader = stream.getReader();
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (at + part.value.length > length) throw new Error("parameters: longer than expected");
    out.set(part.value, at);
    at += part.value.length;
  }
  if (at < length) throw new Error("parameters: cut off");
  return out;
}

/** Whether `sha256` names these parameters; true where nothing is named, or a page without TLS cannot tell. */
export async function isNamed(parameters: Float32Array<ArrayBuffer>, sha256: string): Promise<boolean> {
  if (sha256 === "" || globalThis.crypto?.subtle === undefined) return true;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", parameters));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

/** The floats that words stand for. */
export function widen(words: Words): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) bits[i] = words[i]! << 16;
  return new Float32Array(bits.buffer);
}
