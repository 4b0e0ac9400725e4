// Runs plans that arrive on stdin: frames of [command, id, a, b] as 32-bit integers, then bytes.
import { readSync, writeSync } from 'node:fs';

const instances = new Map();

function read(count) {
    const bytes = Buffer.alloc(count);
    let have = 0;
    while (have < count) {
        let got;
        try {
            got = readSync(0, bytes, have, count - have, null);
        } catch (e) {
            if (e.code === 'EAGAIN') continue;
            throw e;
        }
        if (got === 0) process.exit(0);
        have += got;
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

function answer(bytes) {
    const head = Buffer.alloc(4);
    head.writeInt32LE(bytes.length);
    write(head);
    write(bytes);
}

const nothing = Buffer.alloc(0);

function perform(command, id, a, b) {
    switch (command) {
        case 0: { // a module of `a` bytes over `b` pages
            const code = read(a);
            const memory = new WebAssembly.Memory({ initial: b });
            const module = new WebAssembly.Module(code);
            const instance = new WebAssembly.Instance(module, { env: { memory } });
            instances.set(id, { memory, run: instance.exports.run });
            return nothing;
        }
        case 1: { // `b` bytes to address `a`
            const bytes = read(b);
            new Uint8Array(instances.get(id).memory.buffer).set(bytes, a);
            return nothing;
        }
        case 2: { // `a` runs; answers their nanoseconds
            const { run } = instances.get(id);
            const start = process.hrtime.bigint();
            for (let i = 0; i < a; i++) run();
            const answered = Buffer.alloc(8);
            answered.writeBigInt64LE(process.hrtime.bigint() - start);
            return answered;
        }
        case 3: // `b` bytes from address `a`
            return Buffer.from(instances.get(id).memory.buffer, a, b);
        case 4:
            instances.delete(id);
            return nothing;
        case 5: { // whether the machine can validate `a` bytes, and what its `run` returns
            const code = read(a);
            const known = Buffer.alloc(4);
            if (WebAssembly.validate(code)) {
                const instance = new WebAssembly.Instance(new WebAssembly.Module(code));
                known.writeInt32LE(instance.exports.run());
            }
            return known;
        }
        default:
            throw new Error(`command: ${command} (expected: below 6)`);
    }
}

for (;;) {
    const frame = read(16);
    answer(
        perform(
            frame.readInt32LE(0),
            frame.readInt32LE(4),
            frame.readInt32LE(8),
            frame.readInt32LE(12),
        ),
    );
}
