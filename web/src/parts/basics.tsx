/** Small parts that every page is made of. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Device, Run } from "../api.ts";
import { hash } from "../format.ts";

export const PATCHES = 8;

const taken = new Map<number, string>();
const given = new Map<string, number>();

/** Its own where it is free, else the next: two devices look alike only where there are more than colours. */
export function patchOf(device: string): number {
  const had = given.get(device);
  if (had !== undefined) return had;
  const own = hash(device) % PATCHES;
  const order = Array.from({ length: PATCHES }, (_, i) => (own + i) % PATCHES);
  const patch = order.find((each) => !taken.has(each)) ?? own;
  taken.set(patch, device);
  given.set(device, patch);
  return patch;
}

/** A device's colour, which it has on all pages. */
export function Patch({ device, state }: { device: string; state?: Device["state"] }) {
  return <span class={`patch patch-${patchOf(device)} ${state ?? ""}`} aria-hidden="true" />;
}

export function Logo() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path fill="#c8452b" d="M16 1 23.5 8.5 16 16 8.5 8.5Z" />
      <path fill="#0f7c6c" d="M23.5 8.5 31 16l-7.5 7.5L16 16Z" />
      <path fill="#3f4fa8" d="M16 16l7.5 7.5L16 31l-7.5-7.5Z" />
      <path fill="#d2982a" d="M8.5 8.5 16 16l-7.5 7.5L1 16Z" />
    </svg>
  );
}

const RUN_WORDS: Record<Run["status"], [string, string]> = {
  active: ["training", "good live"],
  paused: ["paused", "wait"],
  finished: ["finished", ""],
  stopped: ["stopped", ""],
  failed: ["failed", "bad"],
};

export function RunTag({ run }: { run: Run }) {
  const isHeld = run.status === "active" && run.progress.devices === 0;
  const [word, look] = isHeld ? ["waiting", "wait"] : RUN_WORDS[run.status];
  return <span class={`tag ${look}`}>{word}</span>;
}

const DEVICE_LOOKS: Record<Device["state"], string> = { working: "good live", idle: "", paused: "wait", silent: "bad" };

export function DeviceTag({ device }: { device: Device }) {
  return <span class={`tag ${DEVICE_LOOKS[device.state]}`}>{device.state}</span>;
}

export function Figure({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Progress({ share, label }: { share: number; label: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  return (
    <div class="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(percent)}>
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}

/** Keeps the place of what has not come yet. */
export function Bones({ rows = 3, height = 1.2 }: { rows?: number; height?: number }) {
  return (
    <div class="stack" role="status">
      <span class="hidden">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} class="bone" style={{ height: `${height}rem`, width: `${96 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function Note({ look = "", children }: { look?: string; children: ComponentChildren }) {
  return (
    <div class={`note ${look}`} role={look === "bad" ? "alert" : undefined}>
      <div>{children}</div>
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return (
    <div class="empty">
      <Logo />
      {children}
    </div>
  );
}

/** What somebody is to type elsewhere, with a button that copies it. */
export function Command({ text }: { text: string }) {
  const [isCopied, set] = useState(false);
  const copy = async () => {
    await copyText(text);
    set(true);
    setTimeout(() => set(false), 2_000);
  };
  return (
    <div class="command">
      <code tabIndex={0}>{text}</code>
      <button type="button" class="button" onClick={() => void copy()}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}

/** Without TLS, beyond this machine, browsers have no clipboard for pages but this. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Asks before something that cannot be undone. */
export function Confirm(props: { title: string; deed: string; onYes: () => void; onNo: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onCancel={props.onNo} aria-labelledby="confirm-title">
      <div class="stack">
        <h2 id="confirm-title">{props.title}</h2>
        <div>{props.children}</div>
        <div class="row">
          <button type="button" class="button deed" onClick={props.onYes}>
            {props.deed}
          </button>
          <button type="button" class="button" onClick={props.onNo}>
            Cancel
          </button>
        </div>
      </div>
    </dialog>
  );
}
