import { useEffect, useRef, useState } from "preact/hooks";
import { ask, Problem, type Run } from "../api.ts";
import { count, percent } from "../format.ts";
import { Bones } from "./basics.tsx";

interface Example {
  sample: number;
  label: number;
  taken: number;
  probability: number;
  rows?: number;
  cols?: number;
  channels?: number;
  pixels?: string;
}

interface Examination {
  samples: number;
  testSamples: number;
  accuracy: number;
  confusion: number[][];
  examples: Example[];
}

/** What a finished run's model makes of the test samples; nothing where that cannot be said. */
export function Report({ run }: { run: Run }) {
  const [found, set] = useState<Examination>();
  const [isWithout, setWithout] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    ask<Examination>(`/v1/runs/${run.id}/examination`, stop.signal).then(set, (failure: unknown) => setWithout(failure instanceof Problem));
    return () => stop.abort();
  }, [run.id]);
  if (isWithout) return null;
  return (
    <section class="sheet stack" aria-labelledby="report">
      <div class="head">
        <h2 id="report">What it makes of the test samples</h2>
        {found !== undefined && (
          <span class="soft small">
            {percent(found.accuracy, 2)} of {found.samples < found.testSamples ? `the first ${count(found.samples)}` : count(found.samples)} right
          </span>
        )}
      </div>
      {found === undefined ? (
        <Bones rows={4} height={3} />
      ) : (
        <div class="halves">
          <Confusion table={found.confusion} />
          <ul class="samples">
            {found.examples.map((example) => (
              <Shown key={example.sample} example={example} />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Confusion({ table }: { table: number[][] }) {
  const names = table.map((_, i) => i);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="matrix">
        <caption class="soft small">Rows: what it is. Columns: what the model takes it for.</caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.map((row, label) => {
            const total = Math.max(1, row.reduce((sum, cell) => sum + cell, 0));
            return (
              <tr key={label}>
                <th scope="row">{label}</th>
                {row.map((cell, taken) => (
                  <td key={taken} style={{ background: shade(cell / total, label === taken) }}>
                    {cell === 0 ? <span class="soft">·</span> : cell}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The share decides the strength; never so strong that the number is lost. */
function shade(share: number, isRight: boolean): string {
  if (share === 0) return "transparent";
  const strength = isRight ? 10 + 22 * share : 12 + 40 * Math.min(1, share * 3);
  return `color-mix(in srgb, var(${isRight ? "--good" : "--bad"}) ${strength.toFixed(0)}%, transparent)`;
}

function Shown({ example }: { example: Example }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isRight = example.label === example.taken;
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, example);
  }, [example]);
  return (
    <li>
      {example.pixels !== undefined && <canvas ref={canvas} role="img" aria-label={`Test sample ${example.sample}, a ${example.label}`} />}
      <span>
        <strong style={{ color: isRight ? "var(--good)" : "var(--bad)" }}>{isRight ? `${example.taken}` : `${example.taken}, is ${example.label}`}</strong>{" "}
        <span class="soft">{percent(example.probability, 0)}</span>
      </span>
    </li>
  );
}

function draw(canvas: HTMLCanvasElement, { rows = 1, cols = 1, channels = 1, pixels = "" }: Example): void {
  const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  canvas.width = cols;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  if (context === null) return;
  const image = context.createImageData(cols, rows);
  for (let i = 0; i < rows * cols; i++) {
    for (let colour = 0; colour < 3; colour++) image.data[4 * i + colour] = bytes[i * channels + (channels === 3 ? colour : 0)] ?? 0;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
