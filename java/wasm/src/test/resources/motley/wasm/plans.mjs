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
        case 0: { // a module over `b` pages
            const memory = new WebAssembly.Memory({ initial: b });
            const module = new WebAssembly.Module(bytes);
            const { exports } = new WebAssembly.Instance(module, { env: { memory } });
            instances.set(id, { memory, run: exports.run });
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
