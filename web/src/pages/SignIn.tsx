import { useState } from "preact/hooks";
import { ask, hold } from "../api.ts";
import { Note } from "../parts/basics.tsx";

/** Asks for the coordinator's token, where it wants one. */
export function SignIn({ onDone }: { onDone: () => void }) {
  const [token, setToken] = useState("");
  const [isKept, setKept] = useState(false);
  const [trouble, setTrouble] = useState("");
  const enter = async (event: Event) => {
    event.preventDefault();
    hold(token.trim(), isKept);
    try {
      await ask("/v1/runs");
      onDone();
    } catch (failure) {
      hold(null, false);
      setTrouble((failure as Error).message);
    }
  };
  return (
    <form class="sheet stack" style={{ maxWidth: "30rem", margin: "2rem auto" }} onSubmit={(event) => void enter(event)}>
      <h1>Who are you?</h1>
      <p class="soft">This coordinator listens beyond its own machine and asks for the token that it printed when it started.</p>
      <div class="field">
        <label for="token">Token</label>
        <input id="token" type="password" autocomplete="current-password" required value={token} onInput={(event) => setToken(event.currentTarget.value)} />
      </div>
      <label class="check">
        <input type="checkbox" checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} /> Remember it on this device
      </label>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      <button type="submit" class="button deed">
        Enter
      </button>
    </form>
  );
}
