/** Images in the four files that MNIST came in, read in the browser and deposited as blobs. */
import { send } from "./api.ts";

export interface IdxFile {
  name: string;
  bytes: ArrayBuffer;
  isLabels: boolean;
  isTest: boolean;
  count: number;
  /** One more than the highest label; 0 for images. */
  classes: number;
}

/** @throws Error if it is no IDX file of bytes, not compressed or gzipped */
export async function readIdx(file: File): Promise<IdxFile> {
  const stream = file.name.endsWith(".gz") ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const bytes = await new Response(stream).arrayBuffer();
  const head = new DataView(bytes);
  const magic = bytes.byteLength >= 8 ? head.getUint32(0) : 0;
  const rank = magic & 0xff;
  if (magic >>> 8 !== 8 || rank < 1 || rank > 4) throw new Error(`${file.name}: no IDX file of bytes (expected: one, as it is or gzipped)`);
  const count = head.getUint32(4);
  const isLabels = rank === 1;
  let classes = 0;
  if (isLabels) for (const label of new Uint8Array(bytes, 8)) classes = Math.max(classes, label + 1);
  return { name: file.name, bytes, isLabels, isTest: /t10k|test/i.test(file.name), count, classes };
}

/** The data set as a run's request names it. */
export async function deposit(files: File[], onStep: (text: string) => void): Promise<Record<string, unknown>> {
  if (crypto.subtle === undefined) throw new Error("This address is not secure (expected: https, or this machine); use the command line, or a stored data set");
  const read = await Promise.all(files.map(readIdx));
  const pick = (isTest: boolean, isLabels: boolean) => {
    const found = read.filter((file) => file.isTest === isTest && file.isLabels === isLabels);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    throw new Error(`files: ${found.length} with ${isTest ? "test" : "training"} ${isLabels ? "labels" : "images"} (expected: one each, and t10k or test in the names of those for testing)`);
  };
  const parts = [pick(false, false), pick(false, true), pick(true, false), pick(true, true)] as const;
  const names: string[] = [];
  for (const part of parts) {
    onStep(`Sending ${part.name} …`);
    names.push(await put(part.bytes));
  }
  return {
    trainImages: names[0],
    trainLabels: names[1],
    testImages: names[2],
    testLabels: names[3],
    trainSamples: parts[1].count,
    testSamples: parts[3].count,
    classes: Math.max(parts[1].classes, parts[3].classes, 2),
  };
}

async function put(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const name = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const isThere = await send("HEAD", `/v1/blobs/${name}`).then(
    () => true,
    () => false,
  );
  if (!isThere) await send("PUT", `/v1/blobs/${name}`, bytes);
  return name;
}
