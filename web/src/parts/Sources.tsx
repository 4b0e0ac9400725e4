/** What can be trained, and what it can learn from. */
import type { Run } from "../api.ts";
import { count } from "../format.ts";
import { type Dataset, type ModelVersion, newest, ready, type StoredModel } from "../stored.ts";

export interface DataChoice {
  key: string;
  title: string;
  why: string;
  dataset: Record<string, unknown>;
  stored?: Dataset;
}

export interface ModelChoice {
  key: string;
  title: string;
  why: string;
  model: string | { stored: string };
  stored?: ModelVersion;
}

/** Stored models, the newest first. */
export function kept(models: StoredModel[] | undefined): ModelChoice[] {
  return [...(models ?? [])].reverse().map((model) => {
    const version = newest(model);
    const from = model.isMine ? "" : `from ${model.ownerName}; `;
    return { key: model.id, title: model.name, why: `${from}${count(version.parameters)} parameters, ${version.input} to ${version.target}.`, model: { stored: model.id }, stored: version };
  });
}

/** Stored data sets that are ready, the newest first. */
export function here(datasets: Dataset[] | undefined): DataChoice[] {
  const found: DataChoice[] = [];
  for (const dataset of [...(datasets ?? [])].reverse()) {
    const version = ready(dataset);
    if (version === undefined) continue;
    const from = dataset.isMine ? "" : `from ${dataset.ownerName}; `;
    const body = { stored: dataset.id, index: version.index, trainSamples: version.trainSamples, testSamples: version.testSamples };
    found.push({ key: dataset.id, title: dataset.name, why: `${from}${samples(body)}; ${version.input ?? ""}.`, dataset: body, stored: dataset });
  }
  return found;
}

/** The data of earlier runs that are not stored, each once, the newest first. */
export function known(runs: Run[] | undefined): DataChoice[] {
  const found = new Map<string, DataChoice>();
  for (const run of [...(runs ?? [])].reverse()) {
    const dataset = run.request.dataset;
    if (dataset["stored"] !== undefined) continue;
    const key = JSON.stringify(dataset);
    if (found.has(key)) continue;
    const kind = dataset["text"] !== undefined ? "Text" : dataset["arrays"] !== undefined ? "Arrays" : `Images in ${String(dataset["classes"] ?? "?")} classes`;
    found.set(key, { key, title: `${kind}, as in ${run.model}`, why: `${samples(dataset)}; run ${run.id}`, dataset });
  }
  return [...found.values()];
}

export function samples(dataset: Record<string, unknown>): string {
  return `${count(Number(dataset["trainSamples"]))} samples to learn from, ${count(Number(dataset["testSamples"]))} to test`;
}
