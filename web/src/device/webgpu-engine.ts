/** WebGPU. */
import { type Engine, type Prepared, Unable, type Write } from "./engine.ts";
import { bytesOf, requireSound, type Plan } from "./plan.ts";

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

export class WebGpuEngine implements Engine {
  readonly name = "webgpu";
  readonly threads = 1;
  readonly lost: Promise<string>;

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
   * @throws Unable if there is none that may be used
   */
  static async open(allowsSoftware: boolean): Promise<WebGpuEngine> {
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
    const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
    const device = await adapter.requestDevice({
      requiredLimits: limits,
      requiredFeatures: features as GPUFeatureName[],
    });
    const abilities = Object.fromEntries([
      ...LIMITS.map((name) => [name, String(device.limits[name])]),
      ...features.map((name) => [name, "true"]),
      ["software", String(isSoftware)],
    ]) as Record<string, string>;
    const make = [info?.vendor, info?.architecture].filter(Boolean).join("-") || "unknown";
    return new WebGpuEngine(device, `webgpu-${make}`.slice(0, 100), words || "GPU", abilities);
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

  /** The numeric self-test: there are adapters that answer anything. */
  async test(): Promise<void> {
    const prepared = await this.prepare(TEST_PLAN);
    const values = Float32Array.from({ length: TEST_SIZE }, (_, i) => (i - 20) / 8);
    const [bytes] = await prepared.run([{ input: 0, bytes: new Uint8Array(values.buffer) }], [0]);
    prepared.close();
    const results = new Float32Array(bytes!.buffer);
    values.forEach((value, i) => {
      const expected = Math.exp(value) / (1 + Math.sqrt(i));
      if (!(Math.abs(results[i]! - expected) <= 1e-5 * expected)) {
        throw new Unable(`the GPU computes ${results[i]} (expected: ${expected})`);
      }
    });
  }

  close(): void {
    this.device.destroy();
  }

  private async make(plan: Plan): Promise<Prepared> {
    const { device } = this;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffers = plan.buffers.map((size) => device.createBuffer({ size: Math.ceil(size / 4) * 4, usage }));
    for (const { buffer, offset, base64 } of plan.constants) {
      device.queue.writeBuffer(buffers[buffer]!, offset, bytesOf(base64));
    }
    const steps = await this.steps(plan, buffers);
    const staging = new Map<string, GPUBuffer>();
    return {
      run: (writes, outputs) => this.run({ plan, buffers, steps, staging }, writes, outputs),
      close: () => [...buffers, ...staging.values()].forEach((buffer) => buffer.destroy()),
    };
  }

  private async steps(plan: Plan, buffers: GPUBuffer[]): Promise<Step[]> {
    const { device } = this;
    const modules = (plan.shaders ?? []).map((code) => device.createShaderModule({ code }));
    const pipelines = new Map<string, Promise<GPUComputePipeline>>();
    for (const { shader, entry } of plan.dispatches ?? []) {
      const key = `${shader} ${entry}`;
      if (pipelines.has(key)) continue;
      const compute = { module: modules[shader]!, entryPoint: entry };
      pipelines.set(key, device.createComputePipelineAsync({ layout: "auto", compute }));
    }
    const steps: Step[] = [];
    for (const { shader, entry, bindings, groups } of plan.dispatches ?? []) {
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

  private async run(loaded: Loaded, writes: readonly Write[], outputs: readonly number[]) {
    const { plan, buffers, steps, staging } = loaded;
    const { device } = this;
    for (const { input, bytes } of writes) {
      const { buffer, offset } = plan.inputs[input]!;
      device.queue.writeBuffer(buffers[buffer]!, offset, bytes);
    }
    for (let at = 0; at < steps.length; at += DISPATCHES_PER_SUBMIT) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const { pipeline, group, groups } of steps.slice(at, at + DISPATCHES_PER_SUBMIT)) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...groups);
      }
      pass.end();
      device.queue.submit([encoder.finish()]);
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

const TEST_SIZE = 64;

const TEST_PLAN: Plan = {
  format: 1,
  engine: "webgpu",
  program: "",
  buffers: [512],
  inputs: [{ name: "param0", type: "f32", shape: [TEST_SIZE], buffer: 0, offset: 0, bytes: 256 }],
  outputs: [{ name: "result0", type: "f32", shape: [TEST_SIZE], buffer: 0, offset: 256, bytes: 256 }],
  constants: [],
  shaders: [
    `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  y[id.x] = exp(x[id.x]) / (1.0 + sqrt(f32(id.x)));
}`,
  ],
  dispatches: [
    {
      shader: 0,
      entry: "main",
      bindings: [
        { buffer: 0, offset: 0, bytes: 256 },
        { buffer: 0, offset: 256, bytes: 256 },
      ],
      groups: [1, 1, 1],
    },
  ],
};

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
