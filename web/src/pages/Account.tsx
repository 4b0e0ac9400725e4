import { useState } from "preact/hooks";
import { tell } from "../api.ts";
import { moment } from "../format.ts";
import { useFresh } from "../live.ts";
import { Command, Note } from "../parts/basics.tsx";
import { logOut, type Session } from "../session.ts";

interface Token {
  id: string;
  name: string;
  scopes: string[];
  createdAtMs: number;
  expiresAtMs: number;
  token?: string;
}

/** Oneself: password, and tokens for programs. */
export function Account({ session, onSession }: { session: Session; onSession: (session: Session) => void }) {
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>{session.person?.name}</h1>
          <p>{session.person?.roles.join(", ")}</p>
        </div>
        <button type="button" class="button" onClick={() => void logOut()}>
          Log out
        </button>
      </div>
      <div class="halves">
        <Password onSession={onSession} />
        <Tokens />
      </div>
    </div>
  );
}

function Password({ onSession }: { onSession: (session: Session) => void }) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [said, say] = useState<{ look: string; text: string }>();
  const change = async (event: Event) => {
    event.preventDefault();
    try {
      onSession(await tell<Session>("PUT", "/v1/account/password", { current, password }));
      setCurrent("");
      setPassword("");
      say({ look: "good", text: "Changed. All other sessions have ended." });
    } catch (failure) {
      say({ look: "bad", text: (failure as Error).message });
    }
  };
  return (
    <form class="sheet stack" onSubmit={(event) => void change(event)}>
      <h2>Password</h2>
      <div class="field">
        <label for="current">The present one</label>
        <input id="current" type="password" required autocomplete="current-password" value={current} onInput={(event) => setCurrent(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for="next">The new one</label>
        <input id="next" type="password" required minLength={10} autocomplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
      </div>
      {said !== undefined && <Note look={said.look}>{said.text}</Note>}
      <div class="row">
        <button type="submit" class="button">
          Change
        </button>
      </div>
    </form>
  );
}

function Tokens() {
  const fresh = useFresh<{ tokens: Token[] }>("/v1/tokens", 30_000);
  const [name, setName] = useState("");
  const [scope, setScope] = useState("train");
  const [made, setMade] = useState<Token>();
  const [trouble, setTrouble] = useState("");
  const make = async (event: Event) => {
    event.preventDefault();
    try {
      setMade(await tell<Token>("POST", "/v1/tokens", { name, scopes: scope === "read" ? ["read"] : ["read", scope] }));
      setName("");
      setTrouble("");
      fresh.again();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  const revoke = async (id: string) => {
    await tell("DELETE", `/v1/tokens/${id}`).catch((failure: Error) => setTrouble(failure.message));
    fresh.again();
  };
  return (
    <section class="sheet stack" aria-labelledby="tokens">
      <h2 id="tokens">Tokens for programs</h2>
      <form class="row" onSubmit={(event) => void make(event)}>
        <label class="hidden" for="token-name">
          What for
        </label>
        <input id="token-name" style={{ flex: "1 1 9rem", width: "auto" }} placeholder="What for" required value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <label class="hidden" for="token-scope">
          What it may
        </label>
        <select id="token-scope" style={{ width: "auto" }} value={scope} onChange={(event) => setScope(event.currentTarget.value)}>
          <option value="read">may look</option>
          <option value="train">may train</option>
          <option value="devices">may join devices</option>
        </select>
        <button type="submit" class="button">
          Make
        </button>
      </form>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      {made?.token !== undefined && (
        <>
          <Note look="good">This is shown once. Keep it where the program finds it.</Note>
          <Command text={made.token} />
        </>
      )}
      <ul class="list">
        {fresh.value?.tokens.map((token) => (
          <li key={token.id} class="item">
            <span>
              <span class="item-name">{token.name}</span>
              <span class="soft small">
                {" "}
                {token.scopes.join(", ")}; until {moment(token.expiresAtMs)}
              </span>
            </span>
            <button type="button" class="button" onClick={() => void revoke(token.id)}>
              Revoke<span class="hidden"> {token.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
