import { brief, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Link } from "../router.tsx";
import { Bones } from "./basics.tsx";

type Verdict = "helps" | "hinders" | "neutral" | "alone" | "unknown";

interface Help {
  run: string;
  model: string;
  for: string;
  isAtWork: boolean;
  verdict: Verdict;
  isMeasured: boolean;
  samplesPerSecondWith?: number;
  samplesPerSecondWithout?: number;
}

const LOOKS: Record<Verdict, string> = { helps: "good", hinders: "bad", neutral: "", alone: "good", unknown: "wait" };
const WORDS: Record<Verdict, string> = { helps: "helps", hinders: "slows it down", neutral: "makes no difference", alone: "nobody else is there", unknown: "speed not known" };

/** Whether a device will help, or helps: rounds of each training with it and without, simulated. */
export function Forecast({ id }: { id: string }) {
  const { value, trouble } = useFresh<{ runs: Help[] }>(`/v1/devices/${encodeURIComponent(id)}/forecast`, 15_000);
  return (
    <section class="sheet stack" aria-labelledby="help">
      <h2 id="help">Does this device help?</h2>
      {value === undefined ? (
        trouble === undefined ? <Bones rows={1} /> : <p class="soft">{trouble.message}</p>
      ) : value.runs.length === 0 ? (
        <p class="soft">No training is under way that it may work for. As soon as there is one, it is simulated here with this device and without it.</p>
      ) : (
        <ul class="list">
          {value.runs.map((each) => (
            <li key={each.run} class="item tall">
              <span>
                <Link class="item-name" href={`/runs/${each.run}`}>
                  {each.model}
                </Link>{" "}
                <span class="soft small">
                  for {each.for}
                  {each.isAtWork ? ", at work for it" : ""}
                </span>
                <span class="soft small" style={{ display: "block" }}>
                  {said(each)}
                </span>
              </span>
              <span class={`tag ${LOOKS[each.verdict]}`}>
                {WORDS[each.verdict]}
                {gain(each)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function gain({ verdict, samplesPerSecondWith, samplesPerSecondWithout }: Help): string {
  if (samplesPerSecondWith === undefined || samplesPerSecondWithout === undefined || (verdict !== "helps" && verdict !== "hinders")) return "";
  const share = samplesPerSecondWith / samplesPerSecondWithout - 1;
  return share >= 1 ? `: ${(share + 1).toFixed(1)} times as fast` : `: ${percent(Math.abs(share))} ${share > 0 ? "faster" : "slower"}`;
}

function said(help: Help): string {
  const basis = help.isMeasured ? "by the times measured at work" : "by a guess from the speed measured on joining, as nobody works for it yet";
  if (help.samplesPerSecondWith === undefined) return "It has not measured its speed, so nothing can be said before it works.";
  const alone = help.samplesPerSecondWithout === undefined ? "" : `, ${brief(help.samplesPerSecondWithout)} without it`;
  return `About ${brief(help.samplesPerSecondWith)} samples a second with it${alone}; ${basis}.`;
}
