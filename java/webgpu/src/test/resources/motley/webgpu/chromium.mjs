// Runs device plans in a page of headless Chromium. A line of JSON on stdin is a command, a line on
// stdout its answer: {"load": plan, "id"}, {"write": base64, "id", "buffer", "offset"}, {"run": true,
// "id"}, {"read": bytes, "id", "buffer", "offset"}, {"forget": true, "id"}, {"adapter": true}.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, executablePath] = process.argv.slice(-2);
const { chromium } = createRequire(join(folder, '/'))('playwright-core');

// WebGPU is there on secure origins only; localhost is one.
const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end('<!doctype html><title>device plans</title>');
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const profile = mkdtempSync(join(tmpdir(), 'motley-chromium-'));
const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
    ],
});
const page = browser.pages()[0] ?? (await browser.newPage());
await page.goto(`http://127.0.0.1:${server.address().port}/`);

await page.evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('adapter: none (expected: SwiftShader)');
    const device = await adapter.requestDevice(); // With the default limits.
    const plans = new Map();
    const decode = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    function encode(bytes) {
        let text = '';
        for (let i = 0; i < bytes.length; i += 8192) {
            text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        }
        return btoa(text);
    }
    async function load(plan) {
        device.pushErrorScope('validation');
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
        const buffers = plan.buffers.map((size) => device.createBuffer({ size, usage }));
        const pipelines = await Promise.all(
            plan.shaders.map((code) =>
                device.createComputePipelineAsync({
                    layout: 'auto',
                    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
                }),
            ),
        );
        const steps = plan.dispatches.map(({ shader, bindings, groups }) => ({
            pipeline: pipelines[shader],
            groups,
            group: device.createBindGroup({
                layout: pipelines[shader].getBindGroupLayout(0),
                entries: bindings.map(({ buffer, offset, bytes }, binding) => ({
                    binding,
                    resource: { buffer: buffers[buffer], offset, size: bytes },
                })),
            }),
        }));
        const error = await device.popErrorScope();
        if (error) throw new Error(error.message);
        return { buffers, steps };
    }
    async function run({ steps }) {
        device.pushErrorScope('validation');
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        for (const { pipeline, group, groups } of steps) {
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, group);
            pass.dispatchWorkgroups(...groups);
        }
        pass.end();
        device.queue.submit([encoder.finish()]);
        await device.queue.onSubmittedWorkDone();
        const error = await device.popErrorScope();
        if (error) throw new Error(error.message);
    }
    async function read({ buffers }, buffer, offset, size) {
        const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
        const staging = device.createBuffer({ size, usage });
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(buffers[buffer], offset, staging, 0, size);
        device.queue.submit([encoder.finish()]);
        await staging.mapAsync(GPUMapMode.READ);
        const text = encode(new Uint8Array(staging.getMappedRange()));
        staging.destroy();
        return text;
    }
    window.perform = async (command) => {
        const { id, buffer, offset } = command;
        if (command.adapter) return `${adapter.info.vendor} ${adapter.info.architecture}`;
        if (command.load) plans.set(id, await load(command.load));
        else if (command.write) {
            device.queue.writeBuffer(plans.get(id).buffers[buffer], offset, decode(command.write));
        } else if (command.run) await run(plans.get(id));
        else if (command.read) return read(plans.get(id), buffer, offset, command.read);
        else if (command.forget) {
            for (const each of plans.get(id).buffers) each.destroy();
            plans.delete(id);
        }
        return '';
    };
});

for await (const line of createInterface({ input: process.stdin })) {
    let answer;
    try {
        answer = { done: await page.evaluate((c) => window.perform(c), JSON.parse(line)) };
    } catch (error) {
        answer = { failed: String(error.message) };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
}
await browser.close();
server.close();
rmSync(profile, { recursive: true, force: true });
