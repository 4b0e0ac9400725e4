import { useState } from "preact/hooks";
import { type Run, tell } from "../api.ts";
import { STRATEGIES } from "../strategies.ts";
import { Note } from "./basics.tsx";

/** What can be turned while a run goes on; it counts from the next round. */
export function Dials({ run }: { run: Run }) {
  const [strategy, setStrategy] = useState(String(run.request.strategy ?? "sync"));
  const [k, setK] = useState(String(run.request["k"] ?? ""));
  const [staleness, setStaleness] = useState(String(run.request["staleness"] ?? ""));
  const [said, say] = useState<{ look: string; text: string }>();
  const known = STRATEGIES.find((each) => each.name === strategy);
  const turn = async (event: Event) => {
    event.preventDefault();
    const dials: Record<string, unknown> = { strategy };
    if (known?.hasK === true && k !== "") dials["k"] = Number(k);
    if (known?.hasStaleness === true && staleness !== "") dials["staleness"] = Number(staleness);
    try {
      await tell("PATCH", `/v1/runs/${run.id}`, dials);
      say({ look: "good", text: "Chosen: it counts from the next round on." });
    } catch (failure) {
      say({ look: "bad", text: (failure as Error).message });
    }
  };
  const isLocal = run.request.strategy === "local";
  return (
    <section class="sheet">
      <details>
        <summary>Dials</summary>
        <form class="stack" onSubmit={(event) => void turn(event)}>
          <p class="soft small">{isLocal ? "Local steps are built into a run's programs and cannot be turned." : "When an update is made of what. It can be turned at any time, and no work is lost."}</p>
          <div class="fields">
            <div class="field">
              <label for="dial-strategy">Strategy</label>
              <select id="dial-strategy" value={strategy} disabled={isLocal} onChange={(event) => setStrategy(event.currentTarget.value)}>
                {STRATEGIES.filter((each) => each.name !== "local" || isLocal).map((each) => (
                  <option key={each.name} value={each.name}>
                    {each.title}
                  </option>
                ))}
              </select>
            </div>
            {known?.hasK === true && (
              <div class="field">
                <label for="dial-k">K, answers of an update</label>
                <input id="dial-k" type="number" min={1} value={k} placeholder={strategy === "async" ? "1" : String(run.request.tasks)} onInput={(event) => setK(event.currentTarget.value)} />
              </div>
            )}
            {known?.hasStaleness === true && (
              <div class="field">
                <label for="dial-staleness">Oldest parameters, in versions</label>
                <input id="dial-staleness" type="number" min={1} value={staleness} placeholder="16" onInput={(event) => setStaleness(event.currentTarget.value)} />
              </div>
            )}
          </div>
          <div class="row">
            <button type="submit" class="button" disabled={isLocal}>
              Turn
            </button>
          </div>
          {said !== undefined && <Note look={said.look}>{said.text}</Note>}
        </form>
      </details>
    </section>
  );
}
