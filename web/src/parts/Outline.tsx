import type { FieldError } from "../api.ts";
import { brief, count, credits, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { type Check, inWords, type Outline } from "../projects.ts";
import { Bones, Note } from "./basics.tsx";

const NAMES: Record<string, string> = { model: "a model", dataset: "data", name: "a name" };

/** What a training will be; until it can be said, what that still needs. */
export function OutlinePart({ check, isFresh }: { check: Check | undefined; isFresh: boolean }) {
  return (
    <section class="sheet stack" aria-labelledby="outline" aria-live="polite" aria-busy={!isFresh}>
      <h2 id="outline">What it will be</h2>
      {check === undefined ? <Bones rows={3} /> : check.outline === undefined ? <Needs errors={check.errors} /> : <Plan outline={check.outline} />}
    </section>
  );
}

function Needs({ errors }: { errors: FieldError[] }) {
  const missing = errors.filter((error) => error.value === undefined);
  const wrong = errors.length - missing.length;
  return (
    <>
      {missing.length > 0 && <p class="soft">It still needs {listed(missing.map((error) => NAMES[error.field] ?? error.field))}.</p>}
      {wrong > 0 && (
        <p>
          <span class="tag bad">{wrong === 1 ? "one field is not right yet" : `${wrong} fields are not right yet`}</span>
        </p>
      )}
    </>
  );
}

function listed(names: string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** The figures of a plan. */
export function Plan({ outline }: { outline: Outline }) {
  const all = outline.trainSamples + outline.testSamples;
  return (
    <>
      <p>{inWords(outline)}</p>
      <dl class="pairs">
        <dt>Learns from</dt>
        <dd>{count(outline.trainSamples)} samples</dd>
        <dt>Is judged by</dt>
        <dd>
          {count(outline.testSamples)} samples <span class="soft">({percent(outline.testSamples / Math.max(1, all))})</span>
        </dd>
        <dt>An update takes</dt>
        <dd>{count(outline.batchSize)} samples</dd>
        <dt>Parameters</dt>
        <dd>{brief(outline.parameters)}</dd>
        <dt>Set aside</dt>
        <dd>{credits(outline.reserveMicros)} credits</dd>
      </dl>
      <Purse needs={outline.reserveMicros} />
    </>
  );
}

/** Whether one's credits will do. */
function Purse({ needs }: { needs: number }) {
  const standing = useFresh<{ balanceMicros: number; limitMicros?: number }>("/v1/credits", 30_000).value;
  if (standing === undefined || standing.limitMicros === undefined) return null;
  const left = standing.balanceMicros + standing.limitMicros;
  if (needs <= left) return <p class="soft small">You have {credits(standing.balanceMicros)} credits.</p>;
  return (
    <Note look="wait">
      You have {credits(standing.balanceMicros)} credits, and {credits(needs)} are set aside at the start: give it a smaller budget, or let a device earn some.
    </Note>
  );
}
