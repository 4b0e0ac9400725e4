import { useState } from "preact/hooks";
import { ask, hold, tell } from "../api.ts";
import { Logo, Note } from "../parts/basics.tsx";
import { fromLink, type Session } from "../session.ts";

type Way = "login" | "setup" | "invitation" | "signup" | "reset" | "token";

const TITLES: Record<Way, [string, string, string]> = {
  login: ["Log in", "Log in", ""],
  setup: ["The first account", "Make the account", "It is the administrator's: who invites others and sees everything."],
  invitation: ["You are invited", "Make an account", "Choose a name and a password of your own."],
  signup: ["Sign up", "Make an account", "Choose a name and a password of your own."],
  reset: ["A new password", "Set the password", "The link is good for one time; other sessions end."],
  token: ["With a token", "Enter", "The one in the coordinator's folder, or one that you made for a program."],
};

/** The door: log in, sign up, set up, or choose a new password, as the link says. */
export function SignIn({ session, onDone }: { session: Session; onDone: (session: Session) => void }) {
  const linked = (["setup", "invitation", "reset"] as const).find((way) => fromLink(way) !== undefined);
  const [way, setWay] = useState<Way>(linked ?? "login");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [isKept, setKept] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [title, deed, why] = TITLES[way];

  const enter = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setTrouble("");
    try {
      const next = await pass(way, name.trim(), password, isKept);
      history.replaceState(null, "", location.pathname);
      onDone(next);
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
    setBusy(false);
  };
  const isNew = way !== "login" && way !== "token";
  return (
    <form class="sheet stack door" onSubmit={(event) => void enter(event)}>
      <Logo />
      <div>
        <h1>{title}</h1>
        {why !== "" && <p class="soft">{why}</p>}
      </div>
      {!session.isSetUp && way === "login" && <Note look="wait">Nobody has an account here yet. Open the link that the coordinator printed when it started.</Note>}
      {way !== "reset" && way !== "token" && (
        <div class="field">
          <label for="name">Name</label>
          <input id="name" autocomplete="username" autocapitalize="none" spellcheck={false} required value={name} onInput={(event) => setName(event.currentTarget.value)} aria-describedby="name-why" />
          {isNew && (
            <p class="why" id="name-why">
              Small letters, digits, dots, hyphens; at least two.
            </p>
          )}
        </div>
      )}
      <div class="field">
        <label for="password">{way === "token" ? "Token" : "Password"}</label>
        <input id="password" type="password" autocomplete={isNew ? "new-password" : "current-password"} required value={password} onInput={(event) => setPassword(event.currentTarget.value)} aria-describedby="password-why" />
        {isNew && (
          <p class="why" id="password-why">
            At least ten characters.
          </p>
        )}
      </div>
      {way === "token" && (
        <label class="check">
          <input type="checkbox" checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} /> Remember it on this device
        </label>
      )}
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      <div class="row">
        <button type="submit" class="button deed" disabled={isBusy}>
          {deed}
        </button>
        {way !== "login" && (
          <button type="button" class="button bare" onClick={() => setWay("login")}>
            Log in
          </button>
        )}
        {way === "login" && session.signUp === "open" && (
          <button type="button" class="button bare" onClick={() => setWay("signup")}>
            Sign up
          </button>
        )}
        {way === "login" && (
          <button type="button" class="button bare" onClick={() => setWay("token")}>
            Use a token
          </button>
        )}
      </div>
    </form>
  );
}

async function pass(way: Way, name: string, password: string, isKept: boolean): Promise<Session> {
  switch (way) {
    case "login":
      return tell("POST", "/v1/session", { name, password });
    case "setup":
      return tell("POST", "/v1/setup", { token: fromLink("setup"), name, password });
    case "invitation":
      return tell("POST", "/v1/accounts", { name, password, invitation: fromLink("invitation") });
    case "signup":
      return tell("POST", "/v1/accounts", { name, password });
    case "reset":
      return tell("POST", "/v1/account/reset", { token: fromLink("reset"), password });
    case "token": {
      hold(password.trim(), isKept);
      const session = await ask<Session>("/v1/session");
      if (session.person !== undefined) return session;
      hold(null, false);
      throw new Error("token: unknown or expired (expected: one that is valid here)");
    }
  }
}
