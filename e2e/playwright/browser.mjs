// What the suites share: a browser, steps with a name, waits with an end.
import { chromium } from "playwright-core";

/** How often the seconds that a suite names may pass: they are those of a quiet machine. */
const PATIENCE = 5;

let failures = 0;

export async function launch(executablePath) {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** One test; the rest goes on after a failure. */
export async function step(name, deed) {
  try {
    await deed();
    console.log(`PASS ${name}`);
  } catch (failure) {
    failures += 1;
    console.log(`FAIL ${name}: ${String(failure.message).split("\n").slice(0, 4).join(" | ")}`);
  }
}

/** Asks again until it is so. */
export async function until(what, seconds, isSo) {
  const end = Date.now() + PATIENCE * seconds * 1_000;
  let last;
  while (Date.now() < end) {
    last = await isSo();
    if (last) return last;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what}: not within ${PATIENCE} times ${seconds} s`);
}

export function check(isSo, what) {
  if (!isSo) throw new Error(what);
}

export function close() {
  process.exit(failures === 0 ? 0 : 1);
}
