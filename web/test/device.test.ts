/** What browsers and the JVM must agree on to the last bit: `BrowserGolden` writes the file that is read here. */
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { encodeVector, isNamed, readFrame, widen } from "../src/device/encodings.ts";
import { FROM_COORDINATOR, FROM_DEVICE } from "../src/device/messages.ts";
import { overwrittenInputs, requireSound, wrong, type Plan } from "../src/device/plan.ts";
import { decode, encode, type Values } from "../src/device/protobuf.ts";

globalThis.crypto ??= webcrypto as Crypto;

const ELEMENTS = 5_000;
const golden = readFileSync("../java/wire/src/test/resources/motley/wire/browser.golden", "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" ") as [string, string]);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

function bytesOf(name: string): Uint8Array<ArrayBuffer>[] {
  return golden.filter(([known]) => known === name).map(([, text]) => new Uint8Array(Buffer.from(text ?? "", "hex")));
}

/** The SHA-256 of 1 and 2 as little-endian f32. */
const NAME_OF_ONE_AND_TWO = "b9c80b5adeca450753a16950c3cc655d271f7bef7a485bc83f112b72fef21d37";

const task = { run: "rabc", lease: 2n ** 40n, fence: 3n, round: 17, slot: 5, parameterVersion: 16n };

const SENT: [string, string, Values][] = [
  [
    "Hello",
    "hello",
    {
      protocolVersion: 1,
      token: "tökén",
      deviceId: "web-0123",
      name: "Anna's phone",
      profile: {
        operatingSystem: "Android",
        processor: "qualcomm adreno-7xx",
        cores: 8,
        threads: 1,
        memoryBytes: 2n ** 33n,
        memoryLimitBytes: 2n ** 29n,
        engines: ["webgpu"],
        numericClass: "webgpu-qualcomm-adreno-7xx",
        version: "web-1",
        thin: { encodings: ["f32", "bf16", "int8"], parameterForms: ["f32", "bf16"] },
        limits: ["on battery down to 40 %"],
      },
    },
  ],
  ["Heartbeat", "heartbeat", { battery: 0.25, onPower: false, pausedBecause: "battery at 12 %", lease: 2n ** 40n }],
  ["WorkRequest", "workRequest", {}],
  ["Submission", "submission", { ...task, samples: 16, lossSum: 2.5, computeMicros: 123_456n, correct: 11.75 }],
  ["LeaseReturn", "leaseReturn", { run: "rabc", lease: 300n, reason: "the GPU was lost" }],
  ["Leaving", "leaving", { reason: "the page is in the background" }],
];

for (const [name, field, values] of SENT) {
  test(`${name} is written as the JVM writes it`, () => {
    assert.equal(hex(encode(FROM_DEVICE, { [field]: values })), hex(bytesOf(name)[0]!));
  });
}

test("parameters that are damaged have another name", async () => {
  const parameters = new Float32Array(new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]).buffer);
  assert.equal(await isNamed(parameters, NAME_OF_ONE_AND_TWO), true);
  assert.equal(await isNamed(parameters, ""), true);
  parameters[1] = 2.0000002;
  assert.equal(await isNamed(parameters, NAME_OF_ONE_AND_TWO), false);
});

test("messages of the coordinator are read", () => {
  const read = (name: string) => decode(FROM_COORDINATOR, bytesOf(name)[0]!);
  assert.deepEqual(read("Welcome"), {
    welcome: { deviceId: "web-0123", sessionToken: "secret", heartbeatMillis: 500, silenceMillis: 2500, numericClass: "webgpu-2-qualcomm-adreno-7xx" },
  });
  assert.deepEqual(read("Pulse"), { pulse: { heartbeatMillis: 0, silenceMillis: 0 } });
  const [, slower] = bytesOf("Pulse");
  assert.deepEqual(decode(FROM_COORDINATOR, slower!), { pulse: { heartbeatMillis: 10_000, silenceMillis: 50_000 } });
  const { prepare } = read("Prepare");
  assert.equal(prepare.run, "rabc");
  assert.equal(prepare.seed, 2n ** 64n - 7n);
  assert.equal(prepare.parameterElements, 101_770);
  const { assign } = read("Assign");
  for (const [key, value] of Object.entries(task)) assert.equal(assign[key], value);
  assert.equal(assign.kind, 1);
  assert.equal(assign.encoding, "int8");
  assert.equal(assign.parameterForm, "bf16");
  assert.equal(assign.parametersSha256, "0123456789abcdef".repeat(4));
  assert.equal(assign.localSteps, undefined);
  assert.deepEqual(read("Accepted"), { accepted: { lease: 300n } });
  assert.deepEqual(read("Refused"), { refused: { lease: 300n, reason: "the round is over" } });
  assert.deepEqual(read("Goodbye"), { goodbye: { reason: "the coordinator stops", mayReturn: true } });
});

test("broken messages are refused", () => {
  const whole = bytesOf("Assign")[0]!;
  for (let length = 1; length < whole.length; length++) {
    try {
      decode(FROM_COORDINATOR, whole.subarray(0, length));
      assert.fail(`${length} bytes of ${whole.length} were read`);
    } catch (e) {
      assert.match(String(e), /cut off/);
    }
  }
  assert.throws(() => decode(FROM_COORDINATOR, new Uint8Array(12).fill(0xff)), /varint/);
  assert.throws(() => decode(FROM_COORDINATOR, new Uint8Array([0x22, 2, 0x0a])), /cut off/);
});

function vector(version: number): Float32Array {
  return Float32Array.from({ length: ELEMENTS }, (_, i) => {
    const whole = Math.floor(i / 256) === 3 ? 0 : ((i * 7919) % 1000) - 500 + version * (i % 5);
    return whole * 2 ** -(i % 13);
  });
}

for (const name of ["bf16", "int8"]) {
  test(`${name} is encoded as on the JVM`, () => {
    assert.equal(hex(encodeVector(name, vector(0))), hex(bytesOf(name)[0]!));
  });
}

test("an unknown encoding is refused", () => {
  assert.throws(() => encodeVector("int3", vector(0)), /encoding: int3 \(expected: one of f32, bf16, int8\)/);
});

test("frames of parameters are read, whole and as a difference", async () => {
  const older = await readFrame(bytesOf("whole")[0]!, 7n, ELEMENTS);
  const newer = await readFrame(bytesOf("difference")[0]!, 8n, ELEMENTS, { version: 7n, words: older });
  const rounded = (floats: Float32Array) => new Uint16Array(encodeVector("bf16", floats).buffer);
  assert.deepEqual(older, rounded(vector(0)));
  assert.deepEqual(newer, rounded(vector(1)));
  assert.equal(widen(older)[0], -500);
});

test("frames that do not fit are refused", async () => {
  const whole = bytesOf("whole")[0]!;
  await assert.rejects(readFrame(whole, 8n, ELEMENTS), /version 7 \(expected: 8\)/);
  await assert.rejects(readFrame(bytesOf("difference")[0]!, 8n, ELEMENTS), /which is not held/);
  await assert.rejects(readFrame(whole, 7n, ELEMENTS - 1), /longer/);
  await assert.rejects(readFrame(whole, 7n, ELEMENTS + 1), /cut off/);
  const other = whole.slice();
  other[20]! ^= 1;
  await assert.rejects(readFrame(other, 7n, ELEMENTS), /another hash/);
});

test("plans are checked", () => {
  const port = { name: "x", type: "f32" as const, shape: [4], buffer: 0, bytes: 16 };
  const plan: Plan = {
    format: 1,
    engine: "wasm",
    program: "",
    buffers: [64],
    inputs: [
      { ...port, offset: 0 },
      { ...port, offset: 16 },
    ],
    outputs: [{ ...port, offset: 24 }],
    constants: [],
  };
  requireSound(plan, "wasm");
  assert.deepEqual([...overwrittenInputs(plan)], [1]);
  assert.throws(() => requireSound(plan, "webgpu"), /for wasm/);
  assert.throws(() => requireSound({ ...plan, format: 2 }, "wasm"), /format 2/);
  assert.throws(() => requireSound({ ...plan, buffers: [39] }, "wasm"), /inside of its buffer/);
});

test("a device that computes something else is told what", () => {
  const base64 = (...numbers: number[]) => Buffer.from(new Float32Array(numbers).buffer).toString("base64");
  const bytes = (...numbers: number[]) => new Uint8Array(new Float32Array(numbers).buffer);
  const results = [
    { name: "a sum", expected: base64(7), bound: base64(0) },
    { name: "an exponential", expected: base64(1, 2.5), bound: base64(0.125, 0.25) },
  ];
  assert.equal(wrong({ results }, [bytes(7), bytes(0.875, 2.75)]), "");
  assert.equal(wrong({ results }, [bytes(7), bytes(1, 3)]), "an exponential of 3 (expected: 2.5 within 0.25)");
  assert.equal(wrong({ results }, [bytes(NaN), bytes(1, 2.5)]), "a sum of NaN (expected: 7 within 0)");
  assert.match(wrong({ results }, [bytes(7), bytes(Infinity, 2.5)]), /^an exponential of Infinity/);
});
