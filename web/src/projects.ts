/** Projects, as openapi.yaml has them, and the fields of their form. Pure, so that it can be tested. */
import type { FieldError, Metric, Run, RunRequest } from "./api.ts";
import { count, MICROS, moment } from "./format.ts";
import { FIELDS, type FieldText, isUsed, type Values } from "./settings.ts";

export type ProjectStatus = "draft" | "queued" | "running" | "paused" | "completed" | "stopped" | "failed";

export interface Outline {
  trainSamples: number;
  testSamples: number;
  epochs: number;
  batchSize: number;
  steps: number;
  tasks?: number;
  samplesPerTask: number;
  parameters: number;
  reserveMicros: number;
}

export type Fields = Record<string, unknown>;

export interface Check {
  errors: FieldError[];
  outline?: Outline;
  request?: RunRequest;
}

export interface Project extends Partial<Check> {
  id: string;
  owner: string;
  name: string;
  status: ProjectStatus;
  waiting: string;
  createdAtMs: number;
  changedAtMs: number;
  queuedAtMs?: number;
  deadlineMs?: number;
  run?: string;
  progress?: Run["progress"];
  lastEvaluation?: Metric;
  fields?: Fields;
}

/** Another project beside it. */
export interface Side extends Project {
  evaluations?: Metric[];
  bestAccuracy?: number;
  paidMicros?: number;
  traffic?: Run["traffic"];
  millisToLastEvaluation?: number;
}

export interface Comparison {
  first: Side;
  second: Side;
  differences: { field: string; first?: unknown; second?: unknown }[];
}

/** Whether it can still be changed. */
export function isOpen(project: Project): boolean {
  return project.run === undefined && ["draft", "queued", "failed"].includes(project.status);
}

export function isOver(project: Project): boolean {
  return project.run !== undefined && ["completed", "stopped", "failed"].includes(project.status);
}

const NAME: FieldText = { name: "name", label: "Name", why: "What you will look for.", kind: "text", group: "length", usual: "" };

/** How the training is cut: by what an update takes, or into so many tasks. */
const CUT: FieldText[] = [
  { name: "totalTasks", label: "Total tasks", why: "Pieces of the whole training, over all epochs.", kind: "whole", group: "length", usual: "100" },
  { name: "tasksOfStep", label: "Tasks of a step", why: "So many answers make an update.", kind: "whole", group: "length", usual: "8" },
];

const WHO: FieldText[] = [
  { name: "contributors", label: "Devices", why: "Whose may work for it.", kind: "text", group: "who", usual: "everybody" },
  { name: "maxDevices", label: "Contributors at most", why: "At once. 0: any number.", kind: "whole", group: "who", usual: "0" },
  { name: "minDevices", label: "Contributors at least", why: "It waits until as many are there.", kind: "whole", group: "who", usual: "1" },
];

const WHEN: FieldText[] = [
  { name: "startAtMs", label: "Starts", why: "Not before. Empty: as soon as it is its turn.", kind: "time", group: "when", usual: "", isOptional: true },
  { name: "deadlineMs", label: "Deadline", why: "Then it ends with what it has learnt. Empty: none.", kind: "time", group: "when", usual: "", isOptional: true },
  { name: "budgetMicros", label: "Budget, in credits", why: "The most it may cost. Empty: what it takes.", kind: "number", group: "when", usual: "", isOptional: true },
  {
    name: "priority",
    label: "Priority",
    why: "Who goes first in the queue, and in the fleet.",
    kind: "choice",
    group: "when",
    usual: "normal",
    choices: ["low", "normal", "high"].map((name): [string, string] => [name, name]),
  },
  { name: "weight", label: "Share of the fleet", why: "Against other trainings: 2 gets twice as much as 1.", kind: "whole", group: "when", usual: "1", isRare: true },
];

const SHARE: FieldText = {
  name: "validationShare",
  label: "Validation share",
  why: "Of the samples to learn from, this share is held back and judged by: 0.1 is a tenth. Empty: judged by the test samples of the data set.",
  kind: "number",
  group: "care",
  usual: "",
  isOptional: true,
};

const MOVED = new Set(["epochs", "maxDevices", "minDevices", "k"]);

/** All of the form, in the order of its parts. */
export const PROJECT_FIELDS: FieldText[] = [
  NAME,
  ...FIELDS.filter((field) => field.name === "epochs"),
  ...CUT,
  { name: "k", label: "K", why: "Answers that make an update, whichever come first.", kind: "whole", group: "length", usual: "", only: ["k-batch", "async"], isOptional: true },
  ...FIELDS.filter((field) => field.name !== "epochs" && field.group === "length").map((field) => (field.name === "tasks" ? { ...field, label: "Tasks of a batch", why: "Pieces that a batch is cut into; more devices can share more pieces." } : field)),
  ...FIELDS.filter((field) => field.group !== "length" && !MOVED.has(field.name)),
  SHARE,
  ...WHO,
  ...WHEN,
];

/** What a form begins with: no name, which is what was chosen until somebody gives one. */
export function blank(): Values {
  const usual = PROJECT_FIELDS.filter((field) => field !== NAME).map((field) => [field.name, field.usual]);
  return { ...Object.fromEntries(usual), cut: "batch", strategy: "sync", epochs: "5" };
}

/** Whether a field belongs to what was chosen elsewhere. */
export function isAsked(field: FieldText, values: Values): boolean {
  const isTotal = values["cut"] === "total";
  switch (field.name) {
    case "totalTasks":
      return isTotal;
    case "tasksOfStep":
      return isTotal && values["strategy"] !== "k-batch";
    case "batchSize":
    case "tasks":
      return !isTotal;
    default:
      return isUsed(field, values);
  }
}

const ALWAYS = new Set(["name", "epochs", "batchSize", "tasks", "totalTasks", "tasksOfStep", "k"]);

/** What is sent: fields that are filled in and say something. */
export function body(values: Values): Fields {
  const fields: Fields = { strategy: values["strategy"] ?? "sync" };
  for (const field of PROJECT_FIELDS) {
    const text = (values[field.name] ?? "").trim();
    // Nobody's devices are not everybody's: that is for the coordinator to refuse.
    if (!isAsked(field, values) || (text === "" && field.name !== "contributors")) continue;
    if (text === field.usual && !ALWAYS.has(field.name)) continue;
    fields[sentAs(field.name)] = read(field, text);
  }
  return fields;
}

/** The coordinator's name for it. */
function sentAs(name: string): string {
  return name === "tasksOfStep" ? "tasks" : name;
}

/** The form's name for what the coordinator names. */
export function shownAs(field: string, values: Values): string {
  return field === "tasks" && values["cut"] === "total" ? "tasksOfStep" : field;
}

/** What cannot be read is sent as it is: the coordinator says what is wrong with it. */
function read(field: FieldText, text: string): unknown {
  if (field.kind === "flag") return text === "true";
  if (field.kind === "time") return Number.isNaN(Date.parse(text)) ? text : Date.parse(text);
  if (field.kind !== "whole" && field.kind !== "number") return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  return field.name === "budgetMicros" ? Math.round(value * MICROS) : value;
}

/** The form of a project that is there. */
export function valuesOf(fields: Fields): Values {
  const values: Values = { ...blank(), epochs: "1" };
  values["cut"] = fields["totalTasks"] === undefined ? "batch" : "total";
  const usualStrategy = values["cut"] === "total" ? "k-batch" : "sync";
  values["strategy"] = typeof fields["strategy"] === "string" ? fields["strategy"] : usualStrategy;
  for (const [name, value] of Object.entries(fields)) {
    const shown = shownAs(name, values);
    if (PROJECT_FIELDS.some((field) => field.name === shown)) values[shown] = textOf(name, value);
  }
  return values;
}

/** How a value stands in the form. */
export function textOf(field: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && isTime(field)) return localText(value);
  if (typeof value === "number" && field === "budgetMicros") return String(value / MICROS);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isTime(field: string): boolean {
  return field === "startAtMs" || field === "deadlineMs";
}

/** As a field for times has it: here, to the minute. */
function localText(atMs: number): string {
  const at = new Date(Math.ceil(atMs / 60_000) * 60_000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What a change sends: fields that the form knows and no longer has are left out by null. */
export function changes(before: Fields, now: Fields): Fields {
  const known = new Set([...PROJECT_FIELDS.map((field) => sentAs(field.name)), "strategy", "model", "dataset"]);
  const gone = Object.keys(before).filter((name) => known.has(name) && !(name in now));
  return { ...now, ...Object.fromEntries(gone.map((name) => [name, null])) };
}

/** What is wrong with a field, for people. */
export function saidOf(error: FieldError): string {
  const expected = error.field === "budgetMicros" ? "more than 0 credits" : dated(error.expected);
  if (error.value === undefined) return `Missing (expected: ${expected})`;
  if (isTime(error.field) || typeof error.value === "object") return `Expected: ${expected}`;
  const text = textOf(error.field, error.value);
  return `${text.length > 60 ? `${text.slice(0, 60)}…` : text} (expected: ${expected})`;
}

/** Milliseconds since 1970 are no time for people. */
function dated(text: string): string {
  return text.replace(/\b1[5-9]\d{11}\b/g, (ms) => moment(Number(ms))).replace(/after startAtMs, /, "after the start, ").replace("milliseconds since 1970", "a day and a time");
}

/** What a button says that takes the proposal; undefined where there is none. */
export function offerOf(error: FieldError): string | undefined {
  if (!("proposal" in error) || error.proposal === undefined) return undefined;
  if (error.proposal === null) return "Leave it empty";
  if (isTime(error.field)) return `Take ${moment(Number(error.proposal))}`;
  return `Take ${textOf(error.field, error.proposal)}`;
}

/** What a training will be, in one sentence. */
export function inWords(outline: Outline): string {
  const plural = (many: number, one: string) => `${count(many)} ${one}${many === 1 ? "" : "s"}`;
  const tasks = outline.tasks === undefined ? "Tasks" : plural(outline.tasks, "task");
  return `${tasks} of ${plural(outline.samplesPerTask, "sample")}, ${plural(outline.steps, "step")} over ${plural(outline.epochs, "epoch")}.`;
}
