import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatasetVersion, misfit, type ModelVersion, nameOf, sorted } from "../src/stored.ts";

const file = (name: string) => ({ name }) as File;
const names = (files: File[]) => files.map((each) => each.name);

test("files are told apart by their names", () => {
  const mnist = ["t10k-labels-idx1-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte", "train-images-idx3-ubyte.gz"].map(file);
  assert.deepEqual(names(sorted(mnist).train), ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]);
  assert.deepEqual(names(sorted(mnist).test), ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]);
  const arrays = ["y.npy", "x_test.npy", "x.npy", "y_test.npy"].map(file);
  assert.deepEqual(names(sorted(arrays).train), ["x.npy", "y.npy"]);
  assert.deepEqual(names(sorted(arrays).test), ["x_test.npy", "y_test.npy"]);
  assert.deepEqual(names(sorted([file("latest.csv")]).train), ["latest.csv"]);
  assert.deepEqual(names(sorted([file("test.csv")]).train), ["test.csv"]);
});

test("a name is made of a file's", () => {
  assert.equal(nameOf(file("x_train.npy.gz")), "x_train");
  assert.equal(nameOf(file("my net (2).keras")), "my net -2-");
  assert.equal(nameOf(file("..npy")), "mine");
});

test("what does not fit is said", () => {
  const model = { input: "f32[28, 28, 1]", target: "i32[]", classes: 10 } as ModelVersion;
  const data = { input: "f32[28, 28, 1]", target: "i32[]", classes: 10 } as DatasetVersion;
  assert.equal(misfit(model, data), "");
  assert.match(misfit(model, { ...data, input: "f32[784]" }), /its inputs are f32\[784\]/);
  assert.match(misfit(model, { ...data, target: "f32[]" }), /its targets/);
  assert.match(misfit(model, { ...data, classes: 11 }), /11 classes/);
  assert.equal(misfit(model, { ...data, classes: 2 }), "");
});
