import type { Run } from "../api.ts";

/** What a finished run's model makes of the test samples. */
export function Report({ run }: { run: Run }) {
  return run.id === "" ? null : null;
}
