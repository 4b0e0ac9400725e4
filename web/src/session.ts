/** Who sits in front of the page. */
import { useEffect, useState } from "preact/hooks";
import { ask, hold, prove, signals, tell } from "./api.ts";

export type Role = "administrator" | "requestor" | "provider";

export interface Session {
  /** Whether anybody must log in here. */
  accounts: boolean;
  isSetUp: boolean;
  signUp: "open" | "invite" | "closed";
  person?: { id: string; name: string; roles: Role[] };
  csrf?: string;
}

/** The session, asked for again whenever a request is refused for want of one. */
export function useSession(): [Session | undefined, (session: Session) => void] {
  const [session, set] = useState<Session>();
  const take = (next: Session) => {
    prove(next.csrf);
    set(next);
  };
  useEffect(() => {
    const look = () => void ask<Session>("/v1/session").then(take, () => {});
    look();
    signals.addEventListener("stranger", look);
    const wait = setInterval(() => {
      if (session === undefined) look();
    }, 3_000);
    return () => {
      clearInterval(wait);
      signals.removeEventListener("stranger", look);
    };
  }, [session === undefined]);
  return [session, take];
}

export async function logOut(): Promise<void> {
  await tell("DELETE", "/v1/session").catch(() => {});
  hold(null, false);
  prove(undefined);
  location.assign("/");
}

/** `TOKEN` of an address that ends in `#name=TOKEN`. */
export function fromLink(name: string): string | undefined {
  const found = new URLSearchParams(location.hash.slice(1)).get(name);
  return found === null || found === "" ? undefined : found;
}
