import { useEffect, useState } from "preact/hooks";
import { ask, type Device, type Happening } from "../api.ts";
import { clock } from "../format.ts";
import { tellOf } from "../happenings.ts";

const SHOWN_MAX = 120;

/** What happened in a run: the journal, and on top of it what happens now. */
export function Events({ id, fresh, devices }: { id: string; fresh: Happening[]; devices: Device[] | undefined }) {
  const [past, set] = useState<Happening[]>();
  const [openedAt] = useState(Date.now());
  useEffect(() => {
    const stop = new AbortController();
    ask<{ entries: Happening[] }>(`/v1/runs/${id}/journal?limit=${SHOWN_MAX}`, stop.signal).then((answer) => set(answer.entries), () => {});
    return () => stop.abort();
  }, [id]);
  const nameOf = (device: string) => devices?.find((each) => each.id === device)?.name ?? device;
  const all = [...fresh.filter((event) => (event.atMs ?? 0) >= openedAt).reverse(), ...(past ?? []).filter((event) => (event.atMs ?? 0) < openedAt)];
  const told = all.map((event) => ({ event, text: tellOf(event, nameOf) })).filter(({ text }) => text !== "");
  return (
    <section class="sheet" aria-labelledby="events">
      <h2 id="events">What happens</h2>
      <ol class="events" tabIndex={0} aria-labelledby="events">
        {told.slice(0, SHOWN_MAX).map(({ event, text }, i) => (
          <li key={`${event.sequence ?? ""}${event.atMs ?? ""}${i}`}>
            <time>{clock(event.atMs ?? 0)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {told.length === 0 && <p class="soft">Nothing yet.</p>}
    </section>
  );
}
