/** A run's curves: what was, and what comes, in epochs. Pure, so that they can be tested. */
import type { Curves, Happening, Run } from "./api.ts";

export interface Points {
  x: number[];
  loss: (number | null)[];
  accuracy: (number | null)[];
}

export interface Drawn {
  rounds: Points;
  tests: Points;
}

/** More are thinned: a screen has no room for them. */
const POINTS_MAX = 1_500;

export const NOTHING: Drawn = { rounds: { x: [], loss: [], accuracy: [] }, tests: { x: [], loss: [], accuracy: [] } };

/** What the coordinator remembers. How far a round was follows from the samples before it. */
export function fromHistory(curves: Curves, trainSamples: number): Drawn {
  let samples = 0;
  const x = curves.rounds.map((round) => (samples += round.samples) / trainSamples);
  return {
    rounds: { x, loss: curves.rounds.map((m) => m.loss ?? null), accuracy: curves.rounds.map((m) => m.accuracy ?? null) },
    tests: {
      x: curves.evaluations.map((m) => m.epoch + 1),
      loss: curves.evaluations.map((m) => m.loss ?? null),
      accuracy: curves.evaluations.map((m) => m.accuracy ?? null),
    },
  };
}

/** With what just happened; unchanged where that is no measurement. After a restart rounds come again, and replace themselves. */
export function withEvents(drawn: Drawn, events: Happening[], run: Run, trainSamples: number): Drawn {
  let { rounds, tests } = drawn;
  for (const event of events) {
    const value = { loss: numberOr(event["loss"]), accuracy: numberOr(event["accuracy"]) };
    if (event.type === "round") {
      const left = numberOr(event["samplesLeft"]);
      rounds = put(rounds, run.request.epochs - (left ?? 0) / trainSamples, value);
    }
    if (event.type === "evaluation") tests = put(tests, (numberOr(event["epoch"]) ?? 0) + 1, value);
  }
  return { rounds: thin(rounds), tests };
}

function put(points: Points, at: number, value: { loss: number | null; accuracy: number | null }): Points {
  let end = points.x.length;
  while (end > 0 && (points.x[end - 1] ?? 0) > at - 1e-9) end -= 1;
  return {
    x: [...points.x.slice(0, end), at],
    loss: [...points.loss.slice(0, end), value.loss],
    accuracy: [...points.accuracy.slice(0, end), value.accuracy],
  };
}

/** Neighbours become their mean. */
function thin(points: Points): Points {
  if (points.x.length <= POINTS_MAX) return points;
  const pairs = Array.from({ length: Math.floor(points.x.length / 2) }, (_, i) => 2 * i);
  const mean = (values: (number | null)[], i: number) => {
    const [a, b] = [values[i] ?? null, values[i + 1] ?? null];
    return a === null ? b : b === null ? a : (a + b) / 2;
  };
  return {
    x: pairs.map((i) => points.x[i + 1] ?? 0),
    loss: pairs.map((i) => mean(points.loss, i)),
    accuracy: pairs.map((i) => mean(points.accuracy, i)),
  };
}

function numberOr(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
