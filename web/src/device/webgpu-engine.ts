/** WebGPU. */
import { type Engine, type Prepared, type Tuned, Unable, type Write } from "./engine.ts";
import { bytesOf, requireSound, type Dispatch, type Place, type Plan } from "./plan.ts";

/** What the compiler may count on beyond the defaults, where the adapter has it. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

const FEATURES = ["shader-f16", "subgroups"] as const;

/** A task goes to the GPU in parts, so that the page's own drawing comes in between. */
const DISPATCHES_PER_SUBMIT = 64;

export interface Wishes {
  readonly allowsSoftware: boolean;
  readonly tunesSoftware: boolean;
  readonly wantsHalf: boolean;
}

export class WebGpuEngine implements Engine {
  readonly name = "webgpu";
  readonly threads = 1;
  readonly lost: Promise<string>;
  tuned = "";

  private constructor(
    private readonly device: GPUDevice,
    readonly numericClass: string,
    readonly processor: string,
    readonly abilities: Readonly<Record<string, string>>,
  ) {
    this.lost = device.lost.then((info) => `the GPU was lost: ${info.message || info.reason}`);
  }

  /**
   * @param allowsSoftware whether an adapter will do that computes on the processor
   * @param tunesSoftware whether such a one times variants
   * @param wantsHalf whether shared tiles hold half floats, where the GPU has them
   * @throws Unable if there is none that may be used
   */
  static async open({ allowsSoftware, tunesSoftware, wantsHalf }: Wishes): Promise<WebGpuEngine> {
    if (!("gpu" in navigator) || navigator.gpu === undefined) {
      throw new Unable(globalThis.isSecureContext ? "this browser has no WebGPU" : "WebGPU needs a page over https");
    }
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    if (adapter === null) throw new Unable("there is no GPU that this browser may use");
    const info = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
    const legacy = adapter as GPUAdapter & { isFallbackAdapter?: boolean };
    const words = [info?.vendor, info?.architecture, info?.device, info?.description].filter(Boolean).join(" ");
    const isSoftware =
      info?.isFallbackAdapter === true || legacy.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(words);
    if (isSoftware && !allowsSoftware) {
      throw new Unable(`the only GPU is computed by the processor (${words}), thirty times slower than WebAssembly`);
    }
    const features = FEATURES.filter((name) => adapter.features.has(name as GPUFeatureName));
    const isHalf = wantsHalf && features.includes("shader-f16");
    const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
    const device = await adapter.requestDevice({
      requiredLimits: limits,
      requiredFeatures: features as GPUFeatureName[],
    });
    const abilities = Object.fromEntries([
      ...LIMITS.map((name) => [name, String(device.limits[name])]),
      ...features.map((name) => [name, "true"]),
      ["software", String(isSoftware)],
      ["adapter", words.slice(0, 100) || "unknown"],
      ["half", String(isHalf)],
      ["tunes", String(!isHalf && (!isSoftware || tunesSoftware))],
    ]) as Record<string, string>;
    const make = [info?.vendor, info?.architecture].filter(Boolean).join("-") || "unknown";
    const name = (words || "GPU") + (isHalf ? ", half floats" : wantsHalf ? ", without half floats" : "");
    return new WebGpuEngine(device, `webgpu-${make}`.slice(0, 95) + (isHalf ? "-half" : ""), name, abilities);
  }

  async prepare(plan: Plan): Promise<Prepared> {
    requireSound(plan, this.name);
    this.device.pushErrorScope("validation");
    this.device.pushErrorScope("out-of-memory");
    const made = await this.make(plan).then(
      (prepared) => ({ prepared }),
      (error: unknown) => ({ error }),
    );
    const errors = [await this.device.popErrorScope(), await this.device.popErrorScope()];
    const wrong = errors.find((error) => error !== null);
    if ("error" in made) throw made.error;
    if (wrong) {
      made.prepared.close();
      throw new Error(`plan: ${wrong.message}`);
    }
    return made.prepared;
  }

  close(): void {
    this.device.destroy();
  }

  private async make(plan: Plan): Promise<Prepared> {
    const { device } = this;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffers = plan.buffers.map((size) => device.createBuffer({ size: Math.ceil(size / 4) * 4, usage }));
    const { best, tuned } = await this.tune(plan, buffers);
    if (tuned.length > 0) this.tuned = [this.tuned, ...tuned.map(({ kernel, variant }) => `${kernel}: ${variant}`)].filter(Boolean).join("; ");
    for (const { buffer, offset, base64 } of plan.constants) {
      device.queue.writeBuffer(buffers[buffer]!, offset, bytesOf(base64));
    }
    const steps = await this.steps(plan, best, buffers);
    const staging = new Map<string, GPUBuffer>();
    return {
      tuned,
      run: (writes, outputs) => this.run({ plan, buffers, steps, staging }, writes, outputs),
      close: () => [...buffers, ...staging.values()].forEach((buffer) => buffer.destroy()),
    };
  }

  private async steps(plan: Plan, dispatches: readonly Dispatch[], buffers: GPUBuffer[]): Promise<Step[]> {
    const { device } = this;
    const modules = (plan.shaders ?? []).map((code) => device.createShaderModule({ code }));
    const pipelines = new Map<string, Promise<GPUComputePipeline>>();
    for (const { shader, entry } of dispatches) {
      const key = `${shader} ${entry}`;
      if (pipelines.has(key)) continue;
      const compute = { module: modules[shader]!, entryPoint: entry };
      pipelines.set(key, device.createComputePipelineAsync({ layout: "auto", compute }));
    }
    const steps: Step[] = [];
    for (const { shader, entry, bindings, groups } of dispatches) {
      const pipeline = await pipelines.get(`${shader} ${entry}`)!;
      const entries = bindings.map(({ buffer, offset, bytes }, binding) => ({
        binding,
        resource: { buffer: buffers[buffer]!, offset, size: bytes },
      }));
      const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      steps.push({ pipeline, group, groups });
    }
    return steps;
  }

  /**
   * Times the variants of each dispatch that has some, on numbers drawn at random, and takes the fastest of
   * those whose results have the bits of the dispatch itself. Memory is zero before and afterwards.
   */
  private async tune(plan: Plan, buffers: GPUBuffer[]): Promise<{ best: Dispatch[]; tuned: Tuned[] }> {
    const best = [...(plan.dispatches ?? [])];
    const tuned: Tuned[] = [];
    for (const kernel of new Set((plan.variants ?? []).map((variant) => variant.kernel))) {
      const variants = plan.variants!.filter((variant) => variant.kernel === kernel);
      const own = plan.dispatches![variants[0]!.dispatch]!;
      const expected = await this.resultOf(plan, own, buffers);
      let winner: { name: string; ms: number; dispatch: Dispatch } | undefined;
      for (const { name, shader, groups } of variants) {
        const dispatch = { ...own, shader, groups };
        if (!isEqual(await this.resultOf(plan, dispatch, buffers), expected)) continue;
        const ms = await this.timeOf(plan, dispatch, buffers);
        if (winner === undefined || ms < winner.ms) winner = { name, ms, dispatch };
      }
      if (winner === undefined) continue;
      best[variants[0]!.dispatch] = winner.dispatch;
      tuned.push({ kernel, variant: winner.name });
    }
    if (plan.variants?.length) {
      const encoder = this.device.createCommandEncoder();
      for (const buffer of buffers) encoder.clearBuffer(buffer);
      this.device.queue.submit([encoder.finish()]);
    }
    return { best, tuned };
  }

  /**
   * Bits of what a dispatch writes. All that is bound is drawn anew: some kernels write over what they read, and one
   * that writes nothing shall not find what another one wrote.
   */
  private async resultOf(plan: Plan, dispatch: Dispatch, buffers: GPUBuffer[]): Promise<Uint32Array> {
    const steps = await this.steps(plan, [dispatch], buffers);
    dispatch.bindings.forEach(({ buffer, offset, bytes }, i) => this.device.queue.writeBuffer(buffers[buffer]!, offset, drawn(bytes, i)));
    this.submit(steps);
    const written = dispatch.bindings.filter((place) => place.write).map((place, i) => portAt(place, i));
    const staging = new Map<string, GPUBuffer>();
    const parts = await this.read({ ...plan, outputs: written }, buffers, staging, written.map((_, i) => i));
    for (const buffer of staging.values()) buffer.destroy();
    const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) all.set(part, (at += part.length) - part.length);
    return new Uint32Array(all.buffer);
  }

  /** Milliseconds of one of several runs; the best of three such times. */
  private async timeOf(plan: Plan, dispatch: Dispatch, buffers: GPUBuffer[]): Promise<number> {
    const steps = await this.steps(plan, [dispatch], buffers);
    let best = Infinity;
    for (let turn = 0; turn < TUNING_TURNS; turn++) {
      const started = performance.now();
      for (let i = 0; i < TUNING_RUNS; i++) this.submit(steps);
      await this.device.queue.onSubmittedWorkDone();
      best = Math.min(best, (performance.now() - started) / TUNING_RUNS);
    }
    return best;
  }

  private submit(steps: readonly Step[]): void {
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { pipeline, group, groups } of steps) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  private async run(loaded: Loaded, writes: readonly Write[], outputs: readonly number[]) {
    const { plan, buffers, steps, staging } = loaded;
    const { device } = this;
    for (const { input, bytes } of writes) {
      const { buffer, offset } = plan.inputs[input]!;
      device.queue.writeBuffer(buffers[buffer]!, offset, bytes);
    }
    for (let at = 0; at < steps.length; at += DISPATCHES_PER_SUBMIT) {
      this.submit(steps.slice(at, at + DISPATCHES_PER_SUBMIT));
    }
    return this.read(plan, buffers, staging, outputs);
  }

  /** Copies all outputs asked for into one buffer that can be mapped, at once. */
  private async read(plan: Plan, buffers: GPUBuffer[], staging: Map<string, GPUBuffer>, outputs: readonly number[]) {
    const { device } = this;
    const ports = outputs.map((i) => plan.outputs[i]!);
    const size = ports.reduce((sum, { bytes }) => sum + bytes, 0);
    const key = outputs.join(" ");
    let room = staging.get(key);
    if (room === undefined) {
      room = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      staging.set(key, room);
    }
    const encoder = device.createCommandEncoder();
    let at = 0;
    for (const { buffer, offset, bytes } of ports) {
      encoder.copyBufferToBuffer(buffers[buffer]!, offset, room, at, bytes);
      at += bytes;
    }
    device.queue.submit([encoder.finish()]);
    await room.mapAsync(GPUMapMode.READ);
    const all = new Uint8Array(room.getMappedRange());
    at = 0;
    const parts = ports.map(({ bytes }) => all.slice(at, (at += bytes)) as Uint8Array<ArrayBuffer>);
    room.unmap();
    return parts;
  }
}

const TUNING_RUNS = 4;
const TUNING_TURNS = 3;

/** Floats in [-1, 1), the same every time for a seed. */
function drawn(bytes: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed + 1;
  return Float32Array.from({ length: bytes / 4 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

function isEqual(one: Uint32Array, other: Uint32Array): boolean {
  return one.length === other.length && one.every((bits, i) => bits === other[i]);
}

function portAt(place: Place, number: number) {
  return { ...place, name: `result${number}`, type: "f32" as const, shape: [place.bytes / 4] };
}

interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly groups: readonly [number, number, number];
}

interface Loaded {
  readonly plan: Plan;
  readonly buffers: GPUBuffer[];
  readonly steps: Step[];
  readonly staging: Map<string, GPUBuffer>;
}
