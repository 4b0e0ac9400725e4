/** Files that go to the coordinator piece by piece: what a cut, a reload or a restart interrupts goes on where it was. */
import { ask, credentials, Problem, signals, tell, Unreachable } from "./api.ts";

export interface Upload {
  id: string;
  name: string;
  size: number;
  offset: number;
  isComplete: boolean;
  createdAtMs: number;
}

/** Small enough for progress that moves, large enough that the way back and forth costs little. */
const PIECE_BYTES = 4 << 20;
const PAUSE_MS = 1_000;
const KNOWN = "motley.uploads";

/** Which upload is which file: a browser hands out a file's name, size and time, not its place. */
function fingerprint(file: File): string {
  return `${file.name} ${file.size} ${file.lastModified}`;
}

function known(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KNOWN) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

function remember(file: File, id: string | undefined): void {
  const all = known();
  if (id === undefined) delete all[fingerprint(file)];
  else all[fingerprint(file)] = id;
  localStorage.setItem(KNOWN, JSON.stringify(all));
}

/** The upload of this very file, begun before, or a new one. */
async function begun(file: File): Promise<Upload> {
  const id = known()[fingerprint(file)];
  if (id !== undefined) {
    try {
      const found = await ask<Upload>(`/v1/uploads/${id}`);
      if (found.name === file.name && found.size === file.size) return found;
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
    }
  }
  const made = await tell<Upload>("POST", "/v1/uploads", { name: file.name, size: file.size });
  remember(file, made.id);
  return made;
}

/**
 * Sends a file, however often the connection is lost, until it is there.
 *
 * @returns the upload's id
 */
export async function sendFile(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<string> {
  if (file.size === 0) throw new Error(`${file.name}: empty (expected: at least one byte)`);
  for (;;) {
    signal.throwIfAborted();
    try {
      const upload = await begun(file);
      await append(file, upload, onProgress, signal);
      remember(file, undefined);
      return upload.id;
    } catch (failure) {
      // Elsewhere by now, or somebody else writes: ask again. Gone coordinators come back.
      const isPassing = failure instanceof Unreachable || (failure instanceof Problem && [409, 423, 429].includes(failure.status) && !/expected: under/.test(failure.message));
      if (!isPassing) throw failure;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function append(file: File, upload: Upload, onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
  let offset = upload.isComplete ? file.size : upload.offset;
  onProgress(offset / file.size);
  while (offset < file.size) {
    const end = Math.min(file.size, offset + PIECE_BYTES);
    await patch(upload.id, offset, file.slice(offset, end), signal);
    offset = end;
    onProgress(offset / file.size);
  }
}

async function patch(id: string, offset: number, piece: Blob, signal: AbortSignal): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(`/v1/uploads/${id}`, {
      method: "PATCH",
      headers: { ...credentials(), "upload-offset": String(offset), "content-type": "application/octet-stream" },
      body: piece,
      credentials: "same-origin",
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    signals.dispatchEvent(new Event("away"));
    throw new Unreachable("The coordinator does not answer.");
  }
  signals.dispatchEvent(new Event("back"));
  if (answer.ok) return;
  const body = (await answer.json().catch(() => ({}))) as { detail?: string };
  throw new Problem(answer.status, body.detail ?? answer.statusText);
}
