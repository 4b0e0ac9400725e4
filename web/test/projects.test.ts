import assert from "node:assert/strict";
import { test } from "node:test";
import { blank, body, changes, inWords, isAsked, offerOf, PROJECT_FIELDS, saidOf, shownAs, valuesOf } from "../src/projects.ts";

test("an untouched form says what a training needs, and nothing else", () => {
  assert.deepEqual(body(blank()), { strategy: "sync", epochs: 5, batchSize: 128, tasks: 8 });
});

test("a training cut into total tasks names no batch", () => {
  const values = { ...blank(), cut: "total", strategy: "k-batch", totalTasks: "100", k: "10" };
  assert.deepEqual(body(values), { strategy: "k-batch", epochs: 5, totalTasks: 100, k: 10 });
  assert.deepEqual(body({ ...values, strategy: "sync", tasksOfStep: "4" }), { strategy: "sync", epochs: 5, totalTasks: 100, tasks: 4 });
});

test("what a form sends is what it shows again", () => {
  const fields = {
    strategy: "k-batch",
    name: "digits",
    epochs: 5,
    totalTasks: 100,
    k: 10,
    optimizer: "adam:beta1=0.8",
    learningRate: 0.002,
    evaluateEveryEpoch: false,
    validationShare: 0.2,
    contributors: "mine",
    maxDevices: 8,
    startAtMs: 1_800_000_000_000,
    deadlineMs: 1_800_003_600_000,
    budgetMicros: 2_500_000,
    priority: "high",
  };
  assert.deepEqual(body(valuesOf(fields)), fields);
});

test("chosen devices, of which none is chosen, are not everybody's", () => {
  assert.equal(body({ ...blank(), contributors: "" })["contributors"], "");
  assert.equal(body({ ...blank(), contributors: "everybody" })["contributors"], undefined);
});

test("what cannot be read goes to the coordinator as it is", () => {
  assert.equal(body({ ...blank(), epochs: "many" })["epochs"], "many");
  assert.equal(body({ ...blank(), startAtMs: "tomorrow" })["startAtMs"], "tomorrow");
});

test("a change leaves out what the form no longer has, and keeps what it does not know", () => {
  const before = { name: "a", epochs: 5, strategy: "sync", deadlineMs: 1, slowFactor: 4, continues: { run: "r1" } };
  assert.deepEqual(changes(before, { name: "b", epochs: 5, strategy: "sync" }), { name: "b", epochs: 5, strategy: "sync", deadlineMs: null });
});

test("errors are said in the form's own terms", () => {
  assert.equal(saidOf({ field: "epochs", value: 0, expected: "at least 1" }), "0 (expected: at least 1)");
  assert.equal(saidOf({ field: "model", expected: "a name" }), "Missing (expected: a name)");
  assert.equal(saidOf({ field: "budgetMicros", value: -3_000_000, expected: "at least 1" }), "-3 (expected: more than 0 credits)");
  const late = saidOf({ field: "deadlineMs", value: 5, expected: "a time to come, it is 1800000000000 now" });
  assert.match(late, /^Expected: a time to come, it is .*2027.* now$/);
  assert.doesNotMatch(late, /1800000000000/);
});

test("a proposal is a value, nothing, or not there", () => {
  assert.equal(offerOf({ field: "epochs", expected: "", proposal: 1 }), "Take 1");
  assert.equal(offerOf({ field: "budgetMicros", expected: "", proposal: 2_000_000 }), "Take 2");
  assert.equal(offerOf({ field: "k", expected: "", proposal: null }), "Leave it empty");
  assert.equal(offerOf({ field: "dataset", expected: "" }), undefined);
});

test("an error about tasks stands at the field that is shown", () => {
  for (const cut of ["batch", "total"]) {
    const values = { ...blank(), cut };
    const shown = PROJECT_FIELDS.filter((field) => isAsked(field, values)).map((field) => field.name);
    assert.ok(shown.includes(shownAs("tasks", values)));
  }
});

test("an outline is one sentence", () => {
  const outline = { trainSamples: 4_000, testSamples: 1_000, epochs: 1, batchSize: 2_000, steps: 2, tasks: 20, samplesPerTask: 200, parameters: 1, reserveMicros: 0 };
  assert.equal(inWords(outline), "20 tasks of 200 samples, 2 steps over 1 epoch.");
});
