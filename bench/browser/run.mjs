// node bench/browser/run.mjs CHROMIUM CONTESTANT PLAN.json [--warm-up S] [--seconds S]: a contestant of contest.js in a page of
// its own in headless Chromium. Says `ready` with its first step, then measures for every line on standard input.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { "warm-up": { type: "string", default: "2" }, seconds: { type: "string", default: "1" } },
});
const [executablePath, name, planFile] = positionals;
const tell = (type, fields) => console.log(JSON.stringify({ type, ...fields }));

const bundle = await build({
  entryPoints: [new URL("contest.js", import.meta.url).pathname],
  bundle: true,
  format: "iife",
  target: "es2022",
  write: false,
  logLevel: "error",
});
const script = bundle.outputFiles[0].text;
const server = createServer((request, response) => {
  const isScript = request.url === "/contest.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? script : '<!doctype html><script src="/contest.js"></script>');
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
});
const page = await browser.newPage();
page.on("pageerror", (error) => console.error(`${name}: ${error.message}`));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const plan = JSON.parse(readFileSync(planFile, "utf8"));
const first = await page.evaluate(([who, given]) => globalThis.contest.begin(who, given), [name, plan]);
const measure = (seconds) => page.evaluate((s) => globalThis.contest.measure(s), Number(seconds));
await measure(options["warm-up"]);
tell("ready", first);
for await (const _ of createInterface({ input: process.stdin })) tell("bench", await measure(options.seconds));
await browser.close();
server.close();
process.exit(0);
