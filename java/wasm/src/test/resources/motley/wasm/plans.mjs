// Runs plans that arrive on stdin: frames of [command, id, a, b] as 32-bit integers, then bytes. Answers are a length and bytes.
// They run in this process, or in a page of the browser that MOTLEY_BROWSER names, driven by the playwright-core in the folder
// MOTLEY_PLAYWRIGHT.
import { readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const COUNT_OF_BYTES = [(a) => a, (_, b) => b, () => 0, () => 0, () => 0, (a) => a];

/** Carries out one command; also sent to the page as text. */
function perform(instances, command, id, a, b, bytes) {
    const instance = instances.get(id);
    switch (command) {
        case 0: { // a module over so many pages, of so many threads
            const pages = b & 0xfffff;
            const threads = b >> 20;
            const limits = threads === 1 ? { initial: pages } : { initial: pages, maximum: pages, shared: true };
            const memory = new WebAssembly.Memory(limits);
            const module = new WebAssembly.Module(bytes);
            const { exports } = new WebAssembly.Instance(module, { env: { memory } });
            const others = Array.from({ length: threads - 1 }, (_, i) => globalThis.motleyThread(module, memory, i + 1));
            const run = () => {
                for (const other of others) other.postMessage('run');
                exports.run(0);
            };
            instances.set(id, { memory, run, others });
            return new Uint8Array(0);
        }
        case 1: // bytes to address `a`
            new Uint8Array(instance.memory.buffer).set(bytes, a);
            return new Uint8Array(0);
        case 2: { // `a` runs; answers nanoseconds
            const start = performance.now();
            for (let i = 0; i < a; i++) instance.run();
            const answer = new DataView(new ArrayBuffer(8));
            answer.setBigInt64(0, BigInt(Math.round((performance.now() - start) * 1e6)), true);
            return new Uint8Array(answer.buffer);
        }
        case 3: // `b` bytes from address `a`
            return new Uint8Array(instance.memory.buffer, a, b);
        case 4:
            for (const other of instance.others) other.postMessage('end');
            instances.delete(id);
            return new Uint8Array(0);
        case 5: { // what the `run` of a module returns, 0 if it is not understood
            const answer = new DataView(new ArrayBuffer(4));
            if (WebAssembly.validate(bytes)) {
                const module = new WebAssembly.Module(bytes);
                answer.setInt32(0, new WebAssembly.Instance(module).exports.run(), true);
            }
            return new Uint8Array(answer.buffer);
        }
        default:
            throw new Error(`command: ${command} (expected: below 6)`);
    }
}

/** One of several threads of a plan, in a worker. */
function thread() {
    const { parentPort, workerData } = require('node:worker_threads');
    const [module, memory, number] = workerData;
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    parentPort.on('message', (what) => (what === 'run' ? exports.run(number) : process.exit()));
}

function read(count) {
    const bytes = Buffer.alloc(count);
    let have = 0;
    while (have < count) {
        try {
            const got = readSync(0, bytes, have, count - have, null);
            if (got === 0) return null;
            have += got;
        } catch (e) {
            if (e.code !== 'EAGAIN') throw e;
        }
    }
    return bytes;
}

function write(bytes) {
    let done = 0;
    while (done < bytes.length) {
        try {
            done += writeSync(1, bytes, done, bytes.length - done);
        } catch (e) {
            if (e.code !== 'EAGAIN') throw e;
        }
    }
}

/** What performs commands, and how to end it. */
async function performer() {
    const executablePath = process.env.MOTLEY_BROWSER;
    if (!executablePath) {
        const { Worker } = await import('node:worker_threads');
        globalThis.motleyThread = (...workerData) => new Worker(`(${thread})()`, { eval: true, execArgv: [], workerData });
        const instances = new Map();
        return { perform: (...frame) => perform(instances, ...frame), end: () => {} };
    }
    const { chromium } = createRequire(`${process.env.MOTLEY_PLAYWRIGHT}/`)('playwright-core');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    await page.evaluate((source) => {
        const performs = (0, eval)(`(${source})`);
        const instances = new Map();
        globalThis.answer = (frame, base64) => {
            const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
            let text = '';
            for (const byte of performs(instances, ...frame, bytes)) text += String.fromCharCode(byte);
            return btoa(text);
        };
    }, perform.toString());
    return {
        perform: async (command, id, a, b, bytes) => {
            const sent = [[command, id, a, b], bytes.toString('base64')];
            return Buffer.from(await page.evaluate(([f, t]) => globalThis.answer(f, t), sent), 'base64');
        },
        end: () => browser.close(),
    };
}

const machine = await performer();
for (let head = read(16); head; head = read(16)) {
    const [command, id, a, b] = [0, 4, 8, 12].map((at) => head.readInt32LE(at));
    const bytes = read(COUNT_OF_BYTES[command](a, b));
    const answer = await machine.perform(command, id, a, b, bytes);
    const length = Buffer.alloc(4);
    length.writeInt32LE(answer.length);
    write(length);
    write(answer);
}
await machine.end();
