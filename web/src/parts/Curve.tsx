/** A curve that moves: a line of rounds, and dots where the model was tested. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Series {
  /** In epochs. */
  x: number[];
  y: (number | null)[];
}

interface CurveProps {
  title: string;
  line: Series;
  dots: Series;
  /** How a value reads. */
  show: (value: number) => string;
  /** From here to there, as far as known. */
  ends: number;
  range?: [number, number] | undefined;
}

const HEIGHT = 240;

export function Curve({ title, line, dots, show, ends, range }: CurveProps) {
  const lines = useMemo(
    () => [
      { series: line, look: "line" as const, colour: "--curve-1" },
      { series: dots, look: "dots" as const, colour: "--curve-2" },
    ],
    [line, dots],
  );
  return (
    <figure>
      <div class="head">
        <h2>{title}</h2>
        <p class="legend" aria-hidden="true">
          <span>by epochs</span>
          <span>
            <i /> training
          </span>
          <span>
            <i class="dot" /> test
          </span>
        </p>
      </div>
      <Plot lines={lines} label={inWords(title, line, dots, show)} show={show} ends={ends} range={range} />
    </figure>
  );
}

export interface Line {
  series: Series;
  /** Of rounds, or of tests. */
  look: "line" | "dots";
  /** A variable of the style sheet. */
  colour: string;
  isDashed?: boolean;
}

interface PlotProps extends Pick<CurveProps, "show" | "ends" | "range"> {
  lines: Line[];
  /** What it shows, for those who do not see it. */
  label: string;
}

/** Lines over epochs. Their number and looks stay as they are at first. */
export function Plot({ lines, label, show, ends, range }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const latest = useRef({ ends, range, show, lines });
  latest.current = { ends, range, show, lines };
  useEffect(() => {
    const at = box.current;
    if (at === null) return;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(at, latest), joined(latest.current.lines), at);
    };
    make();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: at.clientWidth, height: HEIGHT }));
    resized.observe(at);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", make);
    addEventListener("theme", make);
    return () => {
      resized.disconnect();
      dark.removeEventListener("change", make);
      removeEventListener("theme", make);
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(joined(lines)), [lines]);
  return <div class="curve" ref={box} role="img" aria-label={label} />;
}

function inWords(title: string, line: Series, dots: Series, show: (value: number) => string): string {
  const values = line.y.filter((value) => value !== null);
  if (values.length === 0) return `${title}: nothing measured yet`;
  const first = show(values[0] ?? 0);
  const last = show(values[values.length - 1] ?? 0);
  const test = dots.y[dots.y.length - 1];
  return `${title} over the training went from ${first} to ${last}` + (test == null ? "" : `; at the latest test ${show(test)}`);
}

/** All on one axis, sorted; where one has no value there is none. */
export function joined(lines: Line[]): uPlot.AlignedData {
  const table = uPlot.join(lines.map(({ series }): uPlot.AlignedData => [series.x, series.y]));
  return table.length === lines.length + 1 ? table : [[], ...lines.map(() => [])];
}

function options(box: HTMLElement, latest: { current: Omit<PlotProps, "label"> }): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${colour("--font")}`;
  const axis = { stroke: colour("--soft"), font, ticks: { show: false }, grid: { stroke: colour("--line"), width: 1 } };
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    padding: [8, 16, 0, 0],
    scales: {
      x: { time: false, range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(latest.current.ends, high ?? 0)] },
      y: {
        range: (_, low, high) => {
          const fixed = latest.current.range;
          if (low == null || high == null) return fixed ?? [0, 1];
          const room = Math.max((high - low) * 0.08, 1e-6);
          return fixed === undefined ? [Math.max(0, low - room), high + room] : [Math.max(fixed[0], low - room), Math.min(fixed[1], high + room)];
        },
      },
    },
    axes: [
      { ...axis, size: 28, gap: 6, values: (_, at) => at.map(String) },
      { ...axis, size: 58, gap: 6, values: (_, at) => at.map((value) => latest.current.show(value)) },
    ],
    series: [{}, ...latest.current.lines.map(({ look, colour: name, isDashed }) => drawn(look, colour(name), isDashed === true, colour("--sheet")))],
  };
}

function drawn(look: Line["look"], stroke: string, isDashed: boolean, fill: string): uPlot.Series {
  if (look === "line") return { stroke, width: 2, spanGaps: true, points: { show: false }, ...(isDashed ? { dash: [7, 4] } : {}) };
  return { stroke, width: 1.5, dash: [4, 4], spanGaps: true, points: { show: true, size: 8, width: 2, fill, stroke } };
}
