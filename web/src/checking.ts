/** What the coordinator says to fields while they are being filled in. */
import { useEffect, useState } from "preact/hooks";
import { Problem, tell } from "./api.ts";
import type { Check, Fields } from "./projects.ts";

const PAUSE_MS = 300;
const RETRY_MS = 2_000;

/** The latest answer; it may be of the fields before while somebody types. */
export function useCheck(fields: Fields): { check: Check | undefined; isFresh: boolean } {
  const [answer, set] = useState<{ asked: string; check: Check }>();
  const asked = JSON.stringify(fields);
  useEffect(() => {
    let timer = 0;
    let isGone = false;
    const look = async () => {
      try {
        const check = await tell<Check>("POST", "/v1/projects/check", fields);
        if (!isGone) set({ asked, check });
      } catch (failure) {
        // A coordinator that is away comes back; the page says so. What it refuses to look at stays unsaid until it is sent.
        const isPassing = !(failure instanceof Problem) || failure.status === 429 || failure.status >= 500;
        if (!isGone && isPassing) timer = window.setTimeout(() => void look(), RETRY_MS);
      }
    };
    timer = window.setTimeout(() => void look(), answer === undefined ? 0 : PAUSE_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [asked]);
  return { check: answer?.check, isFresh: answer?.asked === asked };
}
