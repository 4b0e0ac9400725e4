import { useState } from "preact/hooks";
import { tell } from "../api.ts";
import { go, Link } from "../router.tsx";
import { Confirm, Note } from "./basics.tsx";

/** Removes something that is kept, after showing what was made of it. */
export function Removal({ path, id, name, users, back }: { path: string; id: string; name: string; users: string[]; back: string }) {
  const [isAsked, ask] = useState(false);
  const [trouble, setTrouble] = useState("");
  const remove = async () => {
    ask(false);
    try {
      await tell("DELETE", `${path}?confirm=${id}`);
      go(back);
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  return (
    <section class="sheet stack" aria-labelledby="uses">
      <h2 id="uses">Runs made of it</h2>
      {users.length === 0 ? (
        <p class="soft">None so far.</p>
      ) : (
        <p class="row">
          {users.map((run) => (
            <Link key={run} class="mono" href={`/runs/${run}`}>
              {run}
            </Link>
          ))}
        </p>
      )}
      <div>
        <button type="button" class="button danger" onClick={() => ask(true)}>
          Remove
        </button>
      </div>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      {isAsked && (
        <Confirm title={`Remove ${name}?`} deed="Remove it" onNo={() => ask(false)} onYes={() => void remove()}>
          <p>
            {users.length === 0 ? "No run was made of it." : `${users.length === 1 ? "One run was" : `${users.length} runs were`} made of it: ${users.join(", ")}.`} It cannot be brought back.
          </p>
        </Confirm>
      )}
    </section>
  );
}
