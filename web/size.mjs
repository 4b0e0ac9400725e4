// Says how large what was built is, compressed as it travels, and fails where it outgrows its limit.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KIB = 1024;

/** Files of `dist/assets`, by the beginning of their names. */
const PARTS = [
  { what: "a device's workers", names: ["worker-", "wasm-compute-"], kibMax: 14 },
  { what: "all scripts", names: [""], kibMax: 96 },
];

const scripts = readdirSync("dist/assets").filter((name) => name.endsWith(".js"));
let isTooLarge = false;
for (const { what, names, kibMax } of PARTS) {
  const own = scripts.filter((name) => names.some((start) => name.startsWith(start)));
  const kib = own.reduce((sum, name) => sum + gzipSync(readFileSync(`dist/assets/${name}`), { level: 9 }).length, 0) / KIB;
  console.log(`${what}: ${kib.toFixed(1)} KiB compressed in ${own.length} files (expected: at most ${kibMax})`);
  isTooLarge ||= own.length < names.length || kib > kibMax;
}
process.exitCode = isTooLarge ? 1 : 0;
