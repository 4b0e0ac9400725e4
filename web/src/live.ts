/** What stays fresh by itself: polled answers and streams of events. Both rest while nobody looks. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, credentials, type Happening, Problem, signals } from "./api.ts";

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

export interface Fresh<T> {
  value: T | undefined;
  /** Why there is none, or no newer one. */
  trouble: Error | undefined;
  again: () => void;
}

/** Asks for `path` now and every `everyMs`; keeps the last answer while the coordinator is away. */
export function useFresh<T>(path: string | undefined, everyMs: number): Fresh<T> {
  const [state, set] = useState<{ path?: string; value?: T; trouble?: Error }>({});
  const kick = useRef<() => void>(() => {});
  useEffect(() => {
    if (path === undefined) return;
    const stop = new AbortController();
    let timer = 0;
    let failures = 0;
    const look = async () => {
      clearTimeout(timer);
      try {
        const value = await ask<T>(path, stop.signal);
        failures = 0;
        if (!stop.signal.aborted) set({ path, value });
      } catch (trouble) {
        if (stop.signal.aborted) return;
        failures += 1;
        set((old) => ({ ...(old.path === path ? old : { path }), trouble: trouble as Error }));
        if (trouble instanceof Problem && trouble.status < 500) return;
      }
      if (document.hidden || stop.signal.aborted) return;
      const pause = failures === 0 ? everyMs : (RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? everyMs);
      if (Number.isFinite(pause)) timer = window.setTimeout(() => void look(), pause);
    };
    const wake = () => {
      if (!document.hidden) void look();
    };
    kick.current = () => void look();
    document.addEventListener("visibilitychange", wake);
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [path, everyMs]);
  const isOf = state.path === path;
  return {
    value: isOf ? state.value : undefined,
    trouble: isOf ? state.trouble : undefined,
    again: () => kick.current(),
  };
}

/**
 * Reads server-sent events until `stop`, comes back after each break, and begins anew when somebody looks again. Not an
 * EventSource, because that cannot send a token.
 */
export async function follow(path: string, stop: AbortSignal, onEvent: (event: Happening) => void): Promise<void> {
  for (let failures = 0; !stop.aborted; ) {
    await seen(stop);
    const pause = new AbortController();
    const end = () => pause.abort();
    const hide = () => document.hidden && end();
    stop.addEventListener("abort", end);
    document.addEventListener("visibilitychange", hide);
    try {
      const isOver = await read(path, pause.signal, (event) => {
        failures = 0;
        onEvent(event);
      });
      if (isOver) return;
    } catch (trouble) {
      if (trouble instanceof Problem && trouble.status < 500) throw trouble;
      if (!pause.signal.aborted) signals.dispatchEvent(new Event("away"));
    } finally {
      stop.removeEventListener("abort", end);
      document.removeEventListener("visibilitychange", hide);
    }
    failures += 1;
    if (!stop.aborted && !document.hidden) await rest(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? 8_000, stop);
  }
}

/** @returns whether the stream came to its end and will not go on */
async function read(path: string, signal: AbortSignal, onEvent: (event: Happening) => void): Promise<boolean> {
  const answer = await fetch(path, { headers: credentials(), signal, cache: "no-store" });
  if (!answer.ok || answer.body === null) throw new Problem(answer.status, answer.statusText);
  signals.dispatchEvent(new Event("back"));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  let last: Happening | undefined;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const event of parser.push(value)) onEvent((last = event));
  }
  const status = last?.["status"];
  return last?.type === "run" && status !== "active" && status !== "paused";
}

/** Cuts a text of server-sent events into events, however it was cut on its way. */
export class EventParser {
  private rest = "";

  push(text: string): Happening[] {
    const blocks = (this.rest + text).replaceAll("\r\n", "\n").split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => EventParser.event(block));
  }

  private static event(block: string): Happening[] {
    let name = "message";
    const data: string[] = [];
    for (const line of block.split("\n")) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
    }
    return data.length === 0 ? [] : [{ type: name, ...(JSON.parse(data.join("\n")) as object) }];
  }
}

/** Waits until the page is looked at. */
function seen(stop: AbortSignal): Promise<void> {
  if (!document.hidden || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !stop.aborted) return;
      document.removeEventListener("visibilitychange", look);
      stop.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    stop.addEventListener("abort", look);
  });
}

function rest(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
