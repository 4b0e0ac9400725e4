/** Data sets and models that the coordinator keeps, as openapi.yaml has them, and which of them fit each other. */

export interface DatasetVersion {
  version: number;
  status: "preparing" | "ready" | "failed";
  reason?: string;
  samplesDone?: number;
  createdAtMs: number;
  index?: string;
  trainSamples?: number;
  testSamples?: number;
  size?: number;
  input?: string;
  target?: string;
  classes?: number;
  classCounts?: number[];
  classNames?: string[];
  inputMin?: number;
  inputMax?: number;
  inputMean?: number;
  inputDeviation?: number;
}

interface Owned {
  id: string;
  name: string;
  ownerName: string;
  isMine: boolean;
  isShared?: boolean;
  usedBy?: string[];
  createdAtMs: number;
}

export interface Dataset extends Owned {
  versions: DatasetVersion[];
}

export interface Layer {
  name: string;
  output: string;
  parameters: number;
  flopsPerSample: number;
  isFrozen?: boolean;
}

export interface ModelVersion {
  version: number;
  form: "keras" | "h5" | "safetensors" | "json";
  hasWeights: boolean;
  isKeras: boolean;
  size: number;
  createdAtMs: number;
  input: string;
  target: string;
  loss: string;
  classes: number;
  parameters: number;
  flopsPerSample: number;
  activationBytesPerSample: number;
  layers: Layer[];
  compiled?: { loss?: string; optimizer?: string; learningRate?: number; schedule?: string; metrics?: string[] };
  warnings?: string[];
}

export interface StoredModel extends Owned {
  versions: ModelVersion[];
}

export function ready(dataset: Dataset): DatasetVersion | undefined {
  return dataset.versions.filter((version) => version.status === "ready").at(-1);
}

export function newest(model: StoredModel): ModelVersion {
  return model.versions.at(-1) as ModelVersion;
}

/** Which of chosen files are inputs and which targets, to learn from and to test with, by their names. */
export function sorted(files: File[]): { train: File[]; test: File[] } {
  const isTest = (file: File) => /(^|[^a-z])(test|val|t10k)/i.test(file.name);
  const isTarget = (file: File) => /(^|[^a-z])y([^a-z]|$)|label|target/i.test(file.name);
  const ordered = (some: File[]) => [...some].sort((a, b) => Number(isTarget(a)) - Number(isTarget(b)));
  const test = files.filter(isTest);
  return test.length === files.length ? { train: ordered(files), test: [] } : { train: ordered(files.filter((file) => !isTest(file))), test: ordered(test) };
}

/** What a name for a file's content would be; the coordinator refuses odd letters. */
export function nameOf(file: File): string {
  const stem = file.name.replace(/\.(gz|zip|npz|npy|csv|tsv|txt|idx|keras|h5|hdf5|json|safetensors)$/i, "").replace(/\.(npy|idx|csv)$/i, "");
  return stem.replace(/[^\p{L}\p{N} ._-]+/gu, "-").replace(/^[^\p{L}\p{N}]+/u, "").slice(0, 100) || "mine";
}

/** Why a model cannot learn from a data set; empty if nothing speaks against it. As the coordinator, it takes no notice of axes of size 1. */
export function misfit(model: ModelVersion, data: DatasetVersion): string {
  if (narrow(data.input) !== narrow(model.input)) return `its inputs are ${data.input ?? "?"}, the model takes ${model.input}`;
  if (narrow(data.target) !== narrow(model.target)) return `its targets are ${data.target ?? "?"}, the model compares with ${model.target}`;
  const isOfClasses = model.target.startsWith("i32");
  return isOfClasses && (data.classes ?? 0) > model.classes ? `it has ${data.classes} classes, the model tells ${model.classes} apart` : "";
}

function narrow(type: string | undefined): string {
  const [, dtype, dims] = /^(\w+)\[(.*)\]$/.exec(type ?? "") ?? [];
  const wide = (dims ?? "").split(",").map((dim) => dim.trim());
  return `${dtype ?? ""} ${wide.filter((dim) => dim !== "" && dim !== "1").join(" ")}`;
}
