/** What the coordinator says, as openapi.yaml has it, and how to ask. */

export interface Metric {
  epoch: number;
  round?: number;
  samples: number;
  loss?: number;
  accuracy?: number;
  learningRate?: number;
  atMs: number;
}

export interface Traffic {
  downBytes: number;
  upBytes: number;
  tasks: number;
}

export type RunStatus = "active" | "paused" | "finished" | "stopped" | "failed";

export interface RunRequest {
  model: string | { name: string };
  dataset: Record<string, unknown>;
  epochs: number;
  batchSize: number;
  tasks: number;
  strategy: string;
  [field: string]: unknown;
}

export interface Run {
  id: string;
  model: string;
  status: RunStatus;
  waiting: string;
  createdAtMs: number;
  request: RunRequest;
  progress: {
    epoch: number;
    epochs: number;
    round: number;
    rounds: number;
    isEvaluating: boolean;
    samplesDone: number;
    samplesInRun: number;
    samplesPerSecond: number;
    devices: number;
    standby: number;
  };
  lastRound?: Metric;
  lastEvaluation?: Metric;
  traffic?: Traffic;
  weightsSha256?: string;
  owner?: string;
  project?: string;
}

export interface Device {
  id: string;
  name: string;
  state: "idle" | "working" | "paused" | "silent";
  reason?: string;
  run?: string;
  heardAtMs: number;
  profile: {
    operatingSystem?: string;
    processor?: string;
    cores?: number;
    threads?: number;
    memoryBytes?: number;
    memoryLimitBytes?: number;
    gflops?: number;
    engines?: string[];
    numericClass?: string;
    version?: string;
    /** When and under which conditions it works, each in words. */
    limits?: string[];
  };
  health: {
    load?: number;
    memoryFreeBytes?: number;
    battery?: number;
    onPower?: boolean;
    temperatureCelsius?: number;
  };
  work: { tasks: number; samples: number; samplesPerSecond: number; withheld: number };
  traffic?: Traffic;
  trust?: {
    standing: "new" | "proven" | "trusted" | "quarantined";
    confirmed: number;
    failures: number;
    quarantinedUntilMs?: number;
  };
  owner?: string;
}

export interface Curves {
  rounds: Metric[];
  roundsPerPoint: number;
  evaluations: Metric[];
}

/** One thing that happened, from the journal or as it happens. */
export interface Happening {
  type: string;
  sequence?: number;
  atMs?: number;
  [field: string]: unknown;
}

/** What is wrong with one field, and what would do. */
export interface FieldError {
  field: string;
  /** As it was sent; absent where it is missing. */
  value?: unknown;
  expected: string;
  /** A value that is right; null: to leave the field out; absent: none is known. */
  proposal?: unknown;
}

/** What is wrong with a request, in the coordinator's words. */
export class Problem extends Error {
  readonly status: number;
  /** Each field that is wrong, where several may be. */
  readonly errors: FieldError[];

  constructor(status: number, detail: string, errors: FieldError[] = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }

  /** The field that the coordinator names first, as in `epochs: 0 (expected: at least 1)`. */
  get field(): string | undefined {
    return /^([A-Za-z][\w.]*): /.exec(this.message)?.[1];
  }
}

/** The coordinator did not answer at all. */
export class Unreachable extends Error {}

const TOKEN = "motley.token";
let csrf: string | undefined;

/** Signals that travel through the page: whether the coordinator answers, and whether it knows us. */
export const signals = new EventTarget();

export function hold(token: string | null, isKept: boolean): void {
  sessionStorage.removeItem(TOKEN);
  localStorage.removeItem(TOKEN);
  if (token !== null) (isKept ? localStorage : sessionStorage).setItem(TOKEN, token);
}

/** What proves to the coordinator that a cookie is used by its own pages. */
export function prove(token: string | undefined): void {
  csrf = token;
}

export function credentials(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN) ?? localStorage.getItem(TOKEN);
  return {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(csrf === undefined ? {} : { "x-motley-csrf": csrf }),
  };
}

export async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const isPlain = body === undefined || body instanceof Blob || body instanceof ArrayBuffer;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: { ...credentials(), ...(isPlain ? {} : { "content-type": "application/json" }) },
      body: isPlain ? ((body ?? null) as BodyInit | null) : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    signals.dispatchEvent(new Event("away"));
    throw new Unreachable("The coordinator does not answer.");
  }
  signals.dispatchEvent(new Event("back"));
  if (answer.ok) return answer;
  const problem = await problemOf(answer);
  if (answer.status === 401) signals.dispatchEvent(new Event("stranger"));
  throw problem;
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body = (await answer.json()) as { detail?: string; title?: string; errors?: FieldError[] };
    const detail = body.detail !== undefined && body.detail !== "" ? body.detail : (body.title ?? answer.statusText);
    return new Problem(answer.status, detail, body.errors);
  } catch {
    return new Problem(answer.status, `${answer.status} ${answer.statusText}`);
  }
}

export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await send("GET", path, undefined, signal)).json()) as T;
}

export async function tell<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await send(method, path, body);
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

let rooms: Promise<Set<string>> | undefined;

/** The paths that this coordinator has, from its own description: pages for rooms that are not there do not show. */
export function paths(): Promise<Set<string>> {
  rooms ??= send("GET", "/v1/openapi.yaml")
    .then((answer) => answer.text())
    .then((text) => new Set([...text.matchAll(/^ {2}(\/\S*):/gm)].map((match) => match[1] ?? "")))
    .catch((failure: unknown) => {
      rooms = undefined;
      throw failure;
    });
  return rooms;
}

/** Fetches a file with our credentials and hands it to the browser's downloads. */
export async function download(path: string, name: string): Promise<void> {
  const answer = await send("GET", path);
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
