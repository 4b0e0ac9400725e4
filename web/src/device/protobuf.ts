/**
 * Protocol Buffers, the little of them that the device session needs: messages described by tables,
 * unknown fields skipped, limits on everything. Source: the encoding guide of Protocol Buffers.
 */

/** How the value of a field is written. */
export type Kind = "bool" | "double" | "float" | "string" | "uint32" | "uint64" | Message;

/** A message: its fields by name, in any order. */
export interface Message {
  readonly [name: string]: Field;
}

export interface Field {
  readonly number: number;
  readonly kind: Kind;
  readonly repeated?: boolean;
}

/** A message's values; those of `uint64` are bigints, absent ones are missing. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Values = Record<string, any>;

const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;
const FOUR_BYTES = 5;
const DEPTH_MAX = 8;

export function field(number: number, kind: Kind): Field {
  return { number, kind };
}

export function list(number: number, kind: Kind): Field {
  return { number, kind, repeated: true };
}

/** Bytes of `values`; zero, false and empty ones are left out, but for fields given as `optional`. */
export function encode(message: Message, values: Values): Uint8Array {
  const out = new Writer();
  for (const [name, { number, kind, repeated }] of Object.entries(message)) {
    const value = values[name];
    if (value === undefined) continue;
    for (const one of repeated ? value : [value]) write(out, number, kind, one);
  }
  return out.bytes();
}

function write(out: Writer, number: number, kind: Kind, value: unknown): void {
  switch (kind) {
    case "bool":
      out.tag(number, VARINT);
      out.varint(value ? 1n : 0n);
      return;
    case "uint32":
      out.tag(number, VARINT);
      out.varint(BigInt(value as number));
      return;
    case "uint64":
      out.tag(number, VARINT);
      out.varint(value as bigint);
      return;
    case "double":
      out.tag(number, EIGHT_BYTES);
      out.double(value as number);
      return;
    case "float":
      out.tag(number, FOUR_BYTES);
      out.float(value as number);
      return;
    case "string":
      out.tag(number, LENGTH);
      out.block(new TextEncoder().encode(value as string));
      return;
    default:
      out.tag(number, LENGTH);
      out.block(encode(kind, value as Values));
  }
}

class Writer {
  private buffer = new Uint8Array(256);
  private length = 0;

  tag(number: number, wire: number): void {
    this.varint(BigInt(number * 8 + wire));
  }

  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      this.byte(rest > 0n ? low | 0x80 : low);
    } while (rest > 0n);
  }

  double(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    bytes.forEach((byte) => this.byte(byte));
  }

  float(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    bytes.forEach((byte) => this.byte(byte));
  }

  block(bytes: Uint8Array): void {
    this.varint(BigInt(bytes.length));
    bytes.forEach((byte) => this.byte(byte));
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private byte(value: number): void {
    if (this.length === this.buffer.length) {
      const longer = new Uint8Array(2 * this.length);
      longer.set(this.buffer);
      this.buffer = longer;
    }
    this.buffer[this.length++] = value;
  }
}

/**
 * The values in `bytes`. Absent scalars are as if they were zero, absent messages stay absent.
 *
 * @throws Error if the bytes are no such message
 */
export function decode(message: Message, bytes: Uint8Array, depth = 0): Values {
  if (depth > DEPTH_MAX) throw new Error(`message: nested more than ${DEPTH_MAX} times`);
  const values = defaults(message);
  const byNumber = new Map(Object.entries(message).map(([name, one]) => [one.number, { name, ...one }]));
  const reader = new Reader(bytes);
  while (!reader.isAtEnd()) {
    const tag = Number(reader.varint());
    const known = byNumber.get(Math.floor(tag / 8));
    const wire = tag % 8;
    if (known === undefined) {
      reader.skip(wire);
    } else if (known.repeated === true) {
      readMore(reader, known.kind, wire, values[known.name], depth);
    } else {
      values[known.name] = read(reader, known.kind, wire, depth);
    }
  }
  return values;
}

function defaults(message: Message): Values {
  const values: Values = {};
  for (const [name, { kind, repeated }] of Object.entries(message)) {
    if (repeated) values[name] = [];
    else if (kind === "bool") values[name] = false;
    else if (kind === "string") values[name] = "";
    else if (kind === "uint64") values[name] = 0n;
    else if (typeof kind === "string") values[name] = 0;
  }
  return values;
}

/** Numbers in a row may share one field. */
function readMore(reader: Reader, kind: Kind, wire: number, into: unknown[], depth: number): void {
  const isPacked = wire === LENGTH && typeof kind === "string" && kind !== "string";
  if (!isPacked) {
    into.push(read(reader, kind, wire, depth));
    return;
  }
  const part = new Reader(reader.block());
  while (!part.isAtEnd()) into.push(read(part, kind, WIRE_OF[kind], depth));
}

const WIRE_OF = { bool: VARINT, uint32: VARINT, uint64: VARINT, double: EIGHT_BYTES, float: FOUR_BYTES, string: LENGTH };

function read(reader: Reader, kind: Kind, wire: number, depth: number): unknown {
  const expected = typeof kind === "string" ? WIRE_OF[kind] : LENGTH;
  if (wire !== expected) throw new Error(`wire type: ${wire} (expected: ${expected})`);
  switch (kind) {
    case "bool":
      return reader.varint() !== 0n;
    case "uint32":
      return Number(BigInt.asUintN(32, reader.varint()));
    case "uint64":
      return reader.varint();
    case "double":
      return reader.view(8).getFloat64(0, true);
    case "float":
      return reader.view(4).getFloat32(0, true);
    case "string":
      return new TextDecoder().decode(reader.block());
    default:
      return decode(kind, reader.block(), depth + 1);
  }
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.take(1)[0]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error("varint: longer than 10 bytes");
  }

  block(): Uint8Array {
    return this.take(Number(this.varint()));
  }

  view(length: number): DataView {
    const bytes = this.take(length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === EIGHT_BYTES) this.take(8);
    else if (wire === LENGTH) this.block();
    else if (wire === FOUR_BYTES) this.take(4);
    else throw new Error(`wire type: ${wire} (expected: 0, 1, 2 or 5)`);
  }

  private take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new Error("message: cut off");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
