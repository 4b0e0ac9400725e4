/** The fields of a run's request, as the form asks for them. Pure, so that it can be tested. */
import { STRATEGIES } from "./strategies.ts";

export interface ModelText {
  name: string;
  title: string;
  why: string;
}

export const MODELS: ModelText[] = [
  { name: "mnist-cnn", title: "Small convolutional network", why: "Images of 28 × 28. 98.7 % on MNIST after two epochs." },
  { name: "mnist-mlp", title: "Small dense network", why: "Images of 28 × 28. The quickest; 97 % after a few epochs." },
  { name: "resnet-small", title: "Residual network", why: "Images of 28 × 28. Slower and better: 92.6 % on Fashion-MNIST." },
  { name: "gpt-small", title: "Small transformer", why: "Texts. Learns to continue them letter by letter." },
  { name: "lstm", title: "Recurrent network", why: "Texts. Fewer parameters than the transformer." },
];

export interface FieldText {
  name: string;
  label: string;
  why: string;
  kind: "whole" | "number" | "text" | "choice" | "flag" | "time";
  group: "length" | "steps" | "fleet" | "care" | "who" | "when";
  usual: string;
  min?: number;
  max?: number;
  choices?: [string, string][];
  /** Strategies that it belongs to; all if not said. */
  only?: string[];
  /** Left out of the request while it is empty. */
  isOptional?: boolean;
  /** Shown only to those who want everything. */
  isRare?: boolean;
}

const OPTIMIZERS: [string, string][] = ["adam", "adamw", "sgd", "nesterov", "delayed-nesterov", "rmsprop", "adagrad", "lion"].map((name) => [name, name]);

export const FIELDS: FieldText[] = [
  { name: "epochs", label: "Epochs", why: "How often every sample is learnt from.", kind: "whole", group: "length", usual: "2", min: 1 },
  { name: "batchSize", label: "Batch size", why: "Samples of one optimizer step.", kind: "whole", group: "length", usual: "128", min: 1 },
  { name: "tasks", label: "Total tasks", why: "Pieces that a batch is cut into; more devices can share more pieces.", kind: "whole", group: "length", usual: "8", min: 1 },
  { name: "optimizer", label: "Optimizer", why: "How gradients move the weights.", kind: "choice", group: "steps", usual: "", choices: [["", "the usual one"], ...OPTIMIZERS], isOptional: true },
  { name: "learningRate", label: "Learning rate", why: "Of a step. Empty: the optimizer's usual.", kind: "number", group: "steps", usual: "", min: 0, isOptional: true },
  {
    name: "schedule",
    label: "Schedule",
    why: "How the rate changes on the way.",
    kind: "choice",
    group: "steps",
    usual: "",
    choices: [["", "the usual one"], ...["constant", "step", "exponential", "cosine", "one-cycle"].map((name): [string, string] => [name, name])],
    isOptional: true,
  },
  { name: "warmUpSteps", label: "Warm-up steps", why: "Steps in which the rate rises first.", kind: "whole", group: "steps", usual: "0", min: 0, isRare: true },
  { name: "seed", label: "Seed", why: "Of everything random. The same seed gives the same weights.", kind: "whole", group: "steps", usual: "0", isRare: true },
  { name: "k", label: "K", why: "Answers that make an update.", kind: "whole", group: "fleet", usual: "", min: 1, only: ["k-batch", "async"], isOptional: true },
  { name: "staleness", label: "Staleness", why: "How many versions old an answer's parameters may be.", kind: "whole", group: "fleet", usual: "", min: 1, only: ["async"], isOptional: true },
  { name: "localSteps", label: "Local steps", why: "Optimizer steps of a task.", kind: "whole", group: "fleet", usual: "20", min: 1, only: ["local"] },
  { name: "localEpochs", label: "Local epochs", why: "How often a task goes over its samples.", kind: "whole", group: "fleet", usual: "1", min: 1, only: ["local"], isRare: true },
  { name: "warmUpRounds", label: "Warm-up rounds", why: "Rounds of one step each before. Empty: a third.", kind: "whole", group: "fleet", usual: "", min: 0, only: ["local"], isOptional: true, isRare: true },
  { name: "fragments", label: "Parts of the model", why: "Synchronised in turns: smaller messages, more often. A divisor of the local steps.", kind: "whole", group: "fleet", usual: "1", min: 1, max: 64, only: ["local"], isRare: true },
  { name: "replicas", label: "Devices keep copies", why: "Of the model and the optimizer's state; the weights then depend on the devices. Parts need it.", kind: "flag", group: "fleet", usual: "false", only: ["local"], isRare: true },
  { name: "outer", label: "Outer optimizer", why: "Takes the mean of the devices' moves for a gradient.", kind: "text", group: "fleet", usual: "nesterov:momentum=0.9", only: ["local"], isRare: true },
  { name: "outerLearningRate", label: "Outer learning rate", why: "Of a round.", kind: "number", group: "fleet", usual: "0.7", min: 0, only: ["local"], isRare: true },
  { name: "minDevices", label: "At least devices", why: "The run waits until as many are there.", kind: "whole", group: "fleet", usual: "1", min: 1 },
  { name: "maxDevices", label: "At most devices", why: "At once. 0: any number.", kind: "whole", group: "fleet", usual: "0", min: 0 },
  {
    name: "encoding",
    label: "Encoding of answers",
    why: "Fewer bits for slow networks.",
    kind: "choice",
    group: "fleet",
    usual: "f32",
    choices: [
      ["f32", "f32, exact"],
      ["bf16", "bf16, half"],
      ["int8", "int8, a quarter"],
      ["int4", "int4, an eighth"],
      ["e3m0", "e3m0, powers of two, an eighth"],
      ["int2", "int2, a sixteenth, the rest later"],
      ["low-rank:2", "low rank, two columns a matrix, the rest later"],
      ["top-k:0.01", "top-k, the largest hundredth, the rest later"],
      ["auto", "auto, int8 over the network"],
    ],
    isRare: true,
  },
  { name: "parameters", label: "Parameters", why: "What devices compute with.", kind: "choice", group: "fleet", usual: "f32", choices: [["f32", "f32"], ["bf16", "bf16, rounded"]], isRare: true },
  { name: "evaluateEveryEpoch", label: "Test after every epoch", why: "On samples that it does not learn from.", kind: "flag", group: "care", usual: "true" },
  { name: "earlyStop", label: "Early stop", why: "Ends after so many tests without a better one. 0: never.", kind: "whole", group: "care", usual: "0", min: 0 },
  { name: "keep", label: "Result", why: "Which weights are kept.", kind: "choice", group: "care", usual: "last", choices: [["last", "the last ones"], ["best", "those whose test went best"]] },
  {
    name: "trust",
    label: "Trust in devices",
    why: "Whether answers are compared with those of other devices.",
    kind: "choice",
    group: "care",
    usual: "off",
    choices: [["off", "they are ours"], ["audit", "audit them"]],
  },
  { name: "aggregation", label: "Aggregation", why: "How answers become one gradient: mean, clip, median, trimmed-mean:F … Empty: the usual.", kind: "text", group: "care", usual: "", isOptional: true, isRare: true },
];

export type Values = Record<string, string>;

export function usual(): Values {
  return { strategy: "sync", ...Object.fromEntries(FIELDS.map((field) => [field.name, field.usual])) };
}

export function isUsed(field: FieldText, values: Values): boolean {
  return field.only === undefined || field.only.includes(values["strategy"] ?? "sync");
}

/** What is wrong with a value, and what would be right; empty if nothing is. */
export function wrongWith(field: FieldText, values: Values): string {
  const text = (values[field.name] ?? "").trim();
  if (text === "") return field.isOptional === true || field.kind === "flag" ? "" : `Missing (expected: ${field.usual}, for instance)`;
  if (field.kind !== "whole" && field.kind !== "number") return "";
  const value = Number(text);
  if (!Number.isFinite(value)) return `${text} is no number`;
  if (field.kind === "whole" && !Number.isInteger(value)) return `${text} is no whole number`;
  if (field.min !== undefined && (value < field.min || (field.kind === "number" && value <= field.min))) {
    return `${text} is too small (expected: ${field.kind === "number" ? "above" : "at least"} ${field.min})`;
  }
  return across(field, value, values);
}

/** Where one field has to fit another. */
function across(field: FieldText, value: number, values: Values): string {
  const other = (name: string) => Number(values[name]);
  if (field.name === "tasks" && value > other("batchSize")) return `${value} tasks of ${other("batchSize")} samples (expected: at most one for each)`;
  if (field.name === "k" && values["strategy"] === "k-batch" && value > other("tasks")) return `K is ${value} of ${other("tasks")} tasks (expected: at most all)`;
  if (field.name === "maxDevices" && value !== 0 && value < other("minDevices")) return `${value} is below the least, ${other("minDevices")} (expected: 0 for any number, or more)`;
  if (field.name === "batchSize" && other("trainSamples") > 0 && value > other("trainSamples")) return `${value} of ${other("trainSamples")} samples (expected: at most all)`;
  return "";
}

export function wrongs(values: Values): Record<string, string> {
  const found: Record<string, string> = {};
  for (const field of FIELDS) {
    const wrong = isUsed(field, values) ? wrongWith(field, values) : "";
    if (wrong !== "") found[field.name] = wrong;
  }
  return found;
}

/** The request's fields, beside model and data. */
export function request(values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = { strategy: values["strategy"] ?? "sync" };
  for (const field of FIELDS) {
    const text = (values[field.name] ?? "").trim();
    if (!isUsed(field, values) || (text === "" && field.isOptional === true)) continue;
    if (field.kind === "flag") body[field.name] = text === "true";
    else body[field.name] = field.kind === "whole" || field.kind === "number" ? Number(text) : text;
  }
  return body;
}

export { STRATEGIES };
