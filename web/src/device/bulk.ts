/** Bulk bytes between this device and its coordinator, as HTTP bodies. */
import { type Engine, type Tuned, Unable } from "./engine.ts";
import type { Plan, SelfTest } from "./plan.ts";

const ATTEMPTS_MAX = 10;
const PAUSE_MS = 1000;

/** Bytes so far, down and up. */
export interface Traffic {
  downBytes: number;
  upBytes: number;
}

export class Bulk {
  private readonly ending = new AbortController();

  /** @param token the session's */
  constructor(
    private readonly token: string,
    private readonly traffic: Traffic,
  ) {}

  /** The plan of a program; kept by whoever asks. */
  plan(program: string, engine: Engine, memoryBytes: number): Promise<Plan> {
    return this.compiled(`programs/${program}/plan`, engine, memoryBytes);
  }

  selfTest(engine: Engine, memoryBytes: number): Promise<SelfTest> {
    return this.compiled("self-test", engine, memoryBytes);
  }

  private async compiled<T>(what: string, engine: Engine, memoryBytes: number): Promise<T> {
    const response = await this.send(`/v1/${what}?${abilitiesOf(engine, memoryBytes)}`);
    if (response.status === 400) throw new Unable((await problem(response)).message);
    if (!response.ok) throw await problem(response);
    const text = await response.text();
    this.traffic.downBytes += text.length;
    return JSON.parse(text) as T;
  }

  /** Tells what was found best, for all devices of this kind. */
  async tunings(engine: Engine, memoryBytes: number, tuned: readonly Tuned[]): Promise<void> {
    const response = await this.send(`/v1/tunings?${abilitiesOf(engine, memoryBytes)}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kernels: tuned.map(({ kernel }) => kernel), variants: tuned.map(({ variant }) => variant) }),
    });
    if (!response.ok) throw await problem(response);
  }

  /** Undefined if the coordinator has them no more: the task is out of date. */
  parameters(run: string, version: bigint): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.get(`/v1/runs/${run}/parameters/${version}`);
  }

  /** Parameters rounded to bfloat16, as the difference to version `held` where that is shorter. */
  frame(run: string, version: bigint, held?: bigint): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const since = held === undefined ? "" : `&since=${held}`;
    return this.get(`/v1/runs/${run}/parameters/${version}?form=bf16${since}`);
  }

  /** What a task takes beside parameters; undefined if it is another's by now. */
  inputs(run: string, lease: bigint): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.get(`/v1/runs/${run}/inputs/${lease}`);
  }

  /** Leaves a contribution; false if there is no use for it any more. */
  async contribute(run: string, lease: bigint, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const headers = { "content-type": "application/octet-stream" };
      const path = `/v1/runs/${run}/contributions/${lease}`;
      const response = await this.send(path, { method: "PUT", headers, body: bytes });
      this.traffic.upBytes += bytes.length;
      if (response.ok) return true;
      if ([404, 409, 410].includes(response.status)) return false;
      if (response.status !== 503 || attempt === ATTEMPTS_MAX) throw await problem(response);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Ends the calls in progress. */
  close(): void {
    this.ending.abort();
  }

  private async get(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const response = await this.send(path);
    if (response.status === 404 || response.status === 410) return undefined;
    if (!response.ok) throw await problem(response);
    const bytes = new Uint8Array(await response.arrayBuffer());
    this.traffic.downBytes += bytes.length;
    return bytes;
  }

  private send(path: string, options: RequestInit = {}): Promise<Response> {
    return fetch(path, {
      ...options,
      headers: { ...options.headers, authorization: `Bearer ${this.token}` },
      cache: "no-store",
      credentials: "omit",
      signal: this.ending.signal,
    });
  }
}

function abilitiesOf(engine: Engine, memoryBytes: number): URLSearchParams {
  return new URLSearchParams({ ...engine.abilities, engine: engine.name, memoryBytes: String(memoryBytes) });
}

/** What the coordinator says is wrong. */
async function problem(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    return new Error(String(JSON.parse(text).detail || response.status));
  } catch {
    return new Error(`HTTP status ${response.status}`);
  }
}
