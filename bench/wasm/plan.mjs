// node bench/wasm/plan.mjs [--node] [--seconds S] [--warm-up W] PLAN.json: runs a plan for WebAssembly in a page of headless
// Chromium, or in this process. Says `ready`, then measures for every line on standard input.
//
// MOTLEY_BROWSER names the browser (default: chromium), MOTLEY_PLAYWRIGHT a folder with playwright-core.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        node: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '1' },
        'warm-up': { type: 'string', default: '2' },
    },
});

/**
 * Loads a plan with inputs that are always the same; also sent to the page as text. Of a plan of several threads
 * `begin(module, memory, number)` begins another one and answers what has it run once.
 */
function load(plan, begin) {
    const bytes = Uint8Array.from(atob(plan.module), (c) => c.charCodeAt(0));
    const { memoryPages: initial, threads = 1 } = plan;
    const memory = new WebAssembly.Memory(threads === 1 ? { initial } : { initial, maximum: initial, shared: true });
    const module = new WebAssembly.Module(bytes);
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    const others = Array.from({ length: threads - 1 }, (_, i) => begin(module, memory, i + 1));
    const floats = new Float32Array(memory.buffer);
    const ints = new Int32Array(memory.buffer);
    for (const { type, offset, bytes: length } of plan.inputs) {
        for (let k = 0; k < length / 4; k++) {
            if (type === 'f32') floats[offset / 4 + k] = (((k * 7919) % 1000) / 1000 - 0.5) / 5;
            else ints[offset / 4 + k] = type === 'bool' ? k % 2 : k % 10;
        }
    }
    const run = () => {
        for (const other of others) other();
        instance.exports.run(0);
    };
    return (seconds) => {
        const times = [];
        const end = performance.now() + seconds * 1000;
        do {
            const start = performance.now();
            run();
            times.push(performance.now() - start);
        } while (performance.now() < end);
        times.sort((a, b) => a - b);
        let sum = 0;
        let finite = true;
        for (const { type, offset, bytes: length } of plan.outputs) {
            for (let k = 0; k < length / 4; k++) {
                sum = (Math.imul(sum, 31) + ints[offset / 4 + k]) | 0;
                if (type === 'f32') finite &&= Number.isFinite(floats[offset / 4 + k]);
            }
        }
        return { msPerStep: times[times.length >> 1], bestMs: times[0], steps: times.length, sum, finite };
    };
}

/**
 * What a worker of the page does: the first measures, the others run when they are told. A worker begins only while the
 * one that made it is not busy: nothing is measured before all have begun.
 */
function worker(loads) {
    let measure;
    let run;
    const begun = [];
    const begin = (module, memory, number) => {
        const other = new Worker(self.location.href);
        begun.push(
            new Promise((resolve, reject) => {
                other.onmessage = resolve;
                other.onerror = (event) => reject(new Error(event.message));
            }),
        );
        other.postMessage({ module, memory, number });
        return () => other.postMessage({});
    };
    self.onmessage = async ({ data }) => {
        if (data.plan) measure = loads(data.plan, begin);
        else if (data.module) {
            const { run: one } = new WebAssembly.Instance(data.module, { env: { memory: data.memory } }).exports;
            run = () => one(data.number);
            self.postMessage('begun');
        } else if (data.seconds !== undefined) {
            await Promise.all(begun);
            self.postMessage(measure(data.seconds));
        } else run();
    };
}

async function open(plan) {
    if (options.node && (plan.threads ?? 1) > 1) throw new Error('threads: in Node (expected: in a page)');
    if (options.node) return { measure: load(plan), close: () => {} };
    const { chromium } = createRequire(`${process.env.MOTLEY_PLAYWRIGHT}/`)('playwright-core');
    const executablePath = process.env.MOTLEY_BROWSER ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    // Pages share memory among workers only where they are isolated.
    const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
    await page.route('https://plan.test/', (route) => route.fulfill({ contentType: 'text/html', headers, body: '<!doctype html>' }));
    await page.goto('https://plan.test/');
    await page.evaluate(([source, given]) => {
        const script = new Blob([source], { type: 'text/javascript' });
        const first = new Worker(URL.createObjectURL(script));
        first.postMessage({ plan: given });
        globalThis.measure = (seconds) =>
            new Promise((resolve, reject) => {
                first.onmessage = ({ data }) => resolve(data);
                first.onerror = (event) => reject(new Error(event.message));
                first.postMessage({ seconds });
            });
    }, [`(${worker})(${load})`, plan]);
    return {
        measure: (seconds) => page.evaluate((s) => globalThis.measure(s), seconds),
        close: () => browser.close(),
    };
}

const tell = (type, fields) => console.log(JSON.stringify({ type, ...fields }));
const machine = await open(JSON.parse(readFileSync(positionals[0], 'utf8')));
await machine.measure(Number(options['warm-up']));
tell('ready', {});
for await (const _ of createInterface({ input: process.stdin })) {
    tell('bench', await machine.measure(Number(options.seconds)));
}
await machine.close();
