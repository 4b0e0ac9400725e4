/** The messages of `proto/motley/v1/session.proto` that a browser sends and reads, as tables. */
import { field, list, type Message } from "./protobuf.ts";

export const PROTOCOL_VERSION = 1;

const PROFILE: Message = {
  operatingSystem: field(1, "string"),
  processor: field(2, "string"),
  cores: field(3, "uint32"),
  threads: field(4, "uint32"),
  memoryBytes: field(5, "uint64"),
  memoryLimitBytes: field(6, "uint64"),
  gflops: field(7, "double"),
  engines: list(8, "string"),
  numericClass: field(9, "string"),
  version: field(10, "string"),
  thin: field(60, { encodings: list(1, "string"), parameterForms: list(2, "string") }),
  limits: list(92, "string"),
};

export const FROM_DEVICE: Message = {
  hello: field(1, {
    protocolVersion: field(1, "uint32"),
    token: field(2, "string"),
    deviceId: field(3, "string"),
    name: field(4, "string"),
    profile: field(5, PROFILE),
  }),
  heartbeat: field(2, {
    load: field(1, "double"),
    memoryFreeBytes: field(2, "uint64"),
    battery: field(3, "double"),
    onPower: field(4, "bool"),
    temperatureCelsius: field(5, "double"),
    pausedBecause: field(6, "string"),
    lease: field(7, "uint64"),
  }),
  workRequest: field(4, {}),
  submission: field(5, {
    run: field(1, "string"),
    lease: field(2, "uint64"),
    fence: field(3, "uint64"),
    round: field(4, "uint32"),
    slot: field(5, "uint32"),
    parameterVersion: field(6, "uint64"),
    samples: field(7, "uint32"),
    lossSum: field(8, "double"),
    computeMicros: field(10, "uint64"),
    correct: field(30, "double"),
  }),
  leaseReturn: field(6, {
    run: field(1, "string"),
    lease: field(2, "uint64"),
    reason: field(3, "string"),
  }),
  leaving: field(7, { reason: field(1, "string") }),
};

export const FROM_COORDINATOR: Message = {
  welcome: field(1, {
    deviceId: field(1, "string"),
    sessionToken: field(2, "string"),
    heartbeatMillis: field(3, "uint32"),
    silenceMillis: field(4, "uint32"),
    numericClass: field(65, "string"),
  }),
  pulse: field(2, {
    heartbeatMillis: field(1, "uint32"),
    silenceMillis: field(2, "uint32"),
  }),
  prepare: field(3, {
    run: field(1, "string"),
    name: field(2, "string"),
    gradientProgram: field(3, "string"),
    evaluateProgram: field(4, "string"),
    microBatch: field(6, "uint32"),
    seed: field(7, "uint64"),
    parameterElements: field(8, "uint32"),
  }),
  assign: field(4, {
    run: field(1, "string"),
    lease: field(2, "uint64"),
    fence: field(3, "uint64"),
    round: field(4, "uint32"),
    slot: field(5, "uint32"),
    kind: field(6, "uint32"),
    epoch: field(7, "uint32"),
    first: field(8, "uint32"),
    count: field(9, "uint32"),
    parameterVersion: field(10, "uint64"),
    ttlMillis: field(11, "uint32"),
    localSteps: field(30, {}),
    encoding: field(40, "string"),
    parameterForm: field(41, "string"),
    parametersSha256: field(90, "string"),
  }),
  accepted: field(5, { lease: field(1, "uint64") }),
  refused: field(6, { lease: field(1, "uint64"), reason: field(2, "string") }),
  revoked: field(7, { lease: field(1, "uint64") }),
  idle: field(8, { reason: field(1, "string") }),
  goodbye: field(9, { reason: field(1, "string"), mayReturn: field(2, "bool") }),
};

export const KIND_TRAIN = 1;
export const KIND_EVALUATE = 2;

/** What a device must know before its first task of a run. */
export interface Manifest {
  readonly run: string;
  readonly name: string;
  readonly gradientProgram: string;
  readonly evaluateProgram: string;
  readonly parameterElements: number;
}

/** A task. */
export interface Assignment {
  readonly run: string;
  readonly lease: bigint;
  readonly fence: bigint;
  readonly round: number;
  readonly slot: number;
  readonly kind: number;
  readonly count: number;
  readonly parameterVersion: bigint;
  readonly localSteps?: object;
  readonly encoding: string;
  readonly parameterForm: string;
  /** Of the parameters as little-endian f32; empty: not said. */
  readonly parametersSha256: string;
}
