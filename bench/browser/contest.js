// In the page: who computes losses and gradients of the net in `net.json`, each on its own. Every contestant gets the same
// numbers, and answers the sum of the losses and all gradients as floats on the processor, in Motley's order and layout.
import { WebGpuEngine } from "../../web/src/device/webgpu-engine.ts";
import { bytesOf } from "../../web/src/device/plan.ts";

const BATCH = 32;

/** Small numbers, always the same. */
export function numbers(plan) {
  return plan.inputs.map(({ type, bytes, shape }, which) => {
    const count = bytes / 4;
    if (type === "i32") return Int32Array.from({ length: count }, (_, i) => (i * 7) % 10);
    const isWeights = shape.length === 1 && shape[0] === BATCH;
    const fanIn = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
    const scale = shape.length === 4 && shape[0] === BATCH ? 1 : 1 / Math.sqrt(Math.max(fanIn, 1));
    return Float32Array.from({ length: count }, (_, i) => (isWeights ? 1 : scale * ((((i + 13 * which) * 7919) % 1000) / 500 - 1)));
  });
}

/** Makes a contestant: a function that computes a step. */
export const CONTESTANTS = {
  "motley wasm": async (plan, values) => {
    const memory = new WebAssembly.Memory({ initial: plan.memoryPages });
    const { instance } = await WebAssembly.instantiate(bytesOf(plan.module), { env: { memory } });
    for (const { offset, base64 } of plan.constants) new Uint8Array(memory.buffer).set(bytesOf(base64), offset);
    return async () => {
      const bytes = new Uint8Array(memory.buffer);
      plan.inputs.forEach((input, i) => bytes.set(new Uint8Array(values[i].buffer), input.offset));
      instance.exports.run();
      return gradients(plan.outputs.map(({ offset, bytes: length }) => bytes.slice(offset, offset + length)));
    };
  },
  "motley webgpu": async (plan, values) => {
    const engine = await WebGpuEngine.open({ allowsSoftware: true, tunesSoftware: false, wantsHalf: false });
    const prepared = await engine.prepare(plan);
    const writes = values.map((each, input) => ({ input, bytes: new Uint8Array(each.buffer) }));
    const outputs = plan.outputs.map((_, i) => i);
    return async () => gradients(await prepared.run(writes, outputs));
  },
  "jax-js wasm": (plan, values) => jax("wasm", values),
  "jax-js webgpu": (plan, values) => jax("webgpu", values),
  "tfjs cpu": (plan, values) => tfjs("cpu", values),
  "tfjs webgpu": (plan, values) => tfjs("webgpu", values),
};

/** The loss and the gradients, without the count of right answers. */
function gradients([loss, , ...rest]) {
  return { loss: new Float32Array(loss.buffer)[0], gradients: rest.map((bytes) => new Float32Array(bytes.buffer)) };
}

async function jax(device, [w1, b1, w2, b2, w3, b3, images, targets]) {
  const { init, defaultDevice, jit, lax, nn, numpy: np, valueAndGrad, tree } = await import("@jax-js/jax");
  await init(device);
  defaultDevice(device);
  // Images are [sample, channel, row, column] there, filters [out, in, row, column].
  const filters = (floats, inward, out) => np.array(floats).reshape([3, 3, inward, out]).transpose([3, 2, 0, 1]);
  const parameters = {
    w1: filters(w1, 1, 8),
    b1: np.array(b1),
    w2: filters(w2, 8, 16),
    b2: np.array(b2),
    w3: np.array(w3).reshape([576, 10]),
    b3: np.array(b3),
  };
  const pixels = np.array(images).reshape([BATCH, 1, 28, 28]);
  const labels = nn.oneHot(np.array(targets), 10);
  const loss = (p, x, y) => {
    const first = nn.relu(lax.conv(x, p.w1, [2, 2], "VALID").add(p.b1.reshape([1, 8, 1, 1])));
    const second = nn.relu(lax.conv(first, p.w2, [2, 2], "VALID").add(p.b2.reshape([1, 16, 1, 1])));
    const flat = np.transpose(second, [0, 2, 3, 1]).reshape([BATCH, 576]);
    return np.sum(nn.logSoftmax(np.dot(flat, p.w3).add(p.b3)).mul(y)).neg();
  };
  const step = jit(valueAndGrad(loss));
  return async () => {
    const [sum, grads] = step(tree.ref(parameters), pixels.ref, labels.ref);
    const back = (filter) => filter.transpose([2, 3, 1, 0]);
    const parts = [back(grads.w1), grads.b1, back(grads.w2), grads.b2, grads.w3, grads.b3];
    const read = await Promise.all([sum, ...parts].map((array) => array.data()));
    return { loss: read[0][0], gradients: read.slice(1) };
  };
}

async function tfjs(backend, [w1, b1, w2, b2, w3, b3, images, targets]) {
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-core/dist/register_all_gradients.js");
  await import("@tensorflow/tfjs-backend-cpu");
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs: no backend ${backend}`);
  await tf.ready();
  const parameters = [
    tf.tensor(w1, [3, 3, 1, 8]),
    tf.tensor(b1),
    tf.tensor(w2, [3, 3, 8, 16]),
    tf.tensor(b2),
    tf.tensor(w3, [576, 10]),
    tf.tensor(b3),
  ];
  const pixels = tf.tensor(images, [BATCH, 28, 28, 1]);
  const labels = tf.oneHot(tf.tensor1d(targets, "int32"), 10).cast("float32");
  const loss = (f1, c1, f2, c2, f3, c3) => {
    const first = tf.relu(tf.add(tf.conv2d(pixels, f1, 2, "valid"), c1));
    const second = tf.relu(tf.add(tf.conv2d(first, f2, 2, "valid"), c2));
    const logits = tf.add(tf.matMul(tf.reshape(second, [BATCH, 576]), f3), c3);
    return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), labels)));
  };
  const step = tf.valueAndGrads(loss);
  return async () => {
    const { value, grads } = tf.tidy(() => step(parameters));
    const read = await Promise.all([value, ...grads].map((tensor) => tensor.data()));
    tf.dispose([value, ...grads]);
    return { loss: read[0][0], gradients: read.slice(1) };
  };
}

let step;

/** Makes `name` ready and computes its first step; answers what that took and came to. */
export async function begin(name, plan) {
  const started = performance.now();
  step = await CONTESTANTS[name](plan, numbers(plan));
  const { loss, gradients: parts } = await step();
  const firstMs = performance.now() - started;
  const norm = Math.sqrt(parts.reduce((sum, part) => sum + part.reduce((inner, each) => inner + each * each, 0), 0));
  return { loss, norm, firstMs };
}

export async function measure(seconds) {
  const times = [];
  const end = performance.now() + 1000 * seconds;
  do {
    const started = performance.now();
    await step();
    times.push(performance.now() - started);
  } while (performance.now() < end || times.length < 3);
  times.sort((a, b) => a - b);
  return { msPerStep: times[times.length >> 1], bestMs: times[0], steps: times.length };
}

globalThis.contest = { begin, measure };
