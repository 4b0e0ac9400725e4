/** What only the page can see: who it is, whether it is looked at, how full the battery is. */
import type { Circumstances } from "./agent.ts";

interface UserAgentData {
  readonly mobile: boolean;
  readonly platform: string;
  readonly brands: readonly { brand: string }[];
}

interface Battery extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}

interface Connection extends EventTarget {
  readonly type?: string;
  readonly saveData?: boolean;
}

const agentData = (navigator as { userAgentData?: UserAgentData }).userAgentData;

/** Phones and tablets: they freeze pages in the background. */
export function isPhone(): boolean {
  if (agentData?.mobile === true) return true;
  const isTablet = /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1;
  return isTablet || /Android|iPhone|iPad|iPod/.test(navigator.userAgent);
}

/** Threads of the processor, as far as the browser says. */
export function cores(): number {
  return Math.max(1, navigator.hardwareConcurrency || 1);
}

export function platform(): string {
  if (agentData !== undefined) return agentData.platform;
  const known = /Android|iPhone|iPad|Windows|Macintosh|CrOS|Linux/.exec(navigator.userAgent);
  return known?.[0] ?? "unknown";
}

export function browserName(): string {
  const known = /(Firefox|Edg|OPR|SamsungBrowser|Chrome|Safari)\//.exec(navigator.userAgent)?.[1];
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", SamsungBrowser: "Samsung Internet" };
  return `${names[known ?? ""] ?? known ?? "Browser"} on ${platform()}`;
}

/** From the link `…#join=TOKEN`; empty where the coordinator asks for none. Kept for a reload. */
export function joinToken(): string {
  const linked = new URLSearchParams(location.hash.slice(1)).get("join");
  if (linked !== null) {
    sessionStorage.setItem("motley.device.token", linked);
    // Out of the address, that it is not copied with it.
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return sessionStorage.getItem("motley.device.token") ?? "";
}

/**
 * A name for this tab among devices: the same when it comes back, another one for another tab.
 *
 * A tab holds the lock of its name for as long as it lives.
 */
export async function claimId(): Promise<string> {
  const ids: string[] = JSON.parse(localStorage.getItem("motley.device.ids") ?? "[]");
  const last = sessionStorage.getItem("motley.device.id");
  if (navigator.locks === undefined) return keep(last ?? newId(), ids);
  for (const id of [...(last === null ? [] : [last]), ...ids, newId()]) {
    if (await isLocked(`motley device ${id}`)) return keep(id, ids);
  }
  return keep(newId(), ids);
}

function keep(id: string, ids: string[]): string {
  sessionStorage.setItem("motley.device.id", id);
  const known = [id, ...ids.filter((other) => other !== id)].slice(0, 16);
  localStorage.setItem("motley.device.ids", JSON.stringify(known));
  return id;
}

/** Takes a lock until the page ends; false if another tab has it. */
function isLocked(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
  });
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `web-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Tells what can be seen, now and whenever it changes.
 *
 * @returns what ends that
 */
export async function watchCircumstances(tell: (now: Circumstances) => void): Promise<() => void> {
  const battery = await batteryOf();
  const connection = (navigator as { connection?: Connection }).connection;
  let isGoing = false;
  const look = () =>
    tell({
      isVisible: document.visibilityState === "visible",
      isGoing,
      ...(battery === undefined ? {} : { battery: battery.level, onPower: battery.charging }),
      isMetered: connection?.type === "cellular" || connection?.saveData === true,
    });
  const going = () => ((isGoing = true), look());
  const back = () => ((isGoing = false), look());
  const watched: [EventTarget | undefined, string, () => void][] = [
    [document, "visibilitychange", look],
    [document, "freeze", going],
    [document, "resume", back],
    [window, "pagehide", going],
    [window, "pageshow", back],
    [window, "online", look],
    [battery, "levelchange", look],
    [battery, "chargingchange", look],
    [connection, "change", look],
  ];
  for (const [target, name, then] of watched) target?.addEventListener(name, then);
  look();
  return () => {
    for (const [target, name, then] of watched) target?.removeEventListener(name, then);
  };
}

async function batteryOf(): Promise<Battery | undefined> {
  try {
    return await (navigator as { getBattery?: () => Promise<Battery> }).getBattery?.();
  } catch {
    return undefined;
  }
}
