// Tabs that are devices, for scripts: `node tabs.mjs CHROMIUM FOLDER` reads one JSON command a line and answers
// each with one JSON line, `{"error": …}` where it failed; a first one says that the browser is there. Chromium's profile lies in FOLDER.
//
//   {"do": "relay", "to": PORT}               from now on the relay leads there; answers its own port
//   {"do": "network", "is": "on" | "off"}     cuts the relay's connections and refuses new ones
//   {"do": "open", "tab", "url", "userAgent", "clicks"} opens a link and joins, as a person would
//   {"do": "wait", "tab", "for", "seconds"}   until an expression of the status `s` is true; answers the status
//   {"do": "reload" | "stop" | "close", "tab"}
//   {"do": "killGpu"}                         kills the browser's GPU process
//   {"do": "destroyGpu", "tab"}               ends the GPU device of a tab's worker, as a driver may
//   {"do": "refuseThreads" | "allowThreads", "tab"}  whether the workers of further threads fail as they begin, in
//                                             tabs opened from now on; forgets scripts that a tab's origin keeps
//   {"do": "breakGpu" | "mendGpu", "tab"}     whether GPUs take every whole number for the one below, as if a driver's compiler
//                                             had folded rounding away; as above
//   {"do": "workers", "tab"}                  how many there are, those of workers too
//   {"do": "endThread" | "muteThread", "tab"} ends a further thread, or has it hear nothing any more
//   {"do": "wakeLocks", "tab"}                how many the page asked for, and how many it holds
//   {"do": "hide" | "show", "tab"}            as if the page was put into the background
//   {"do": "memory", "tab"}                   bytes: the page's heap, and what all processes of the browser hold
//   {"do": "installable", "tab"}              what Chromium has against installing it
//   {"do": "evaluate", "tab", "what"}         an expression in the page
//   {"do": "quit"}
import { readFileSync, readdirSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [executablePath, profile] = process.argv.slice(2);
const tabs = new Map();
const sockets = new Set();
/** Scripts that tabs get changed at present. */
const changed = new Set();
let isCut = false;

/** The script that every thread runs, the first one too. */
const THREADS = "**/assets/wasm-compute-*.js";

/** The worker that holds the session, and the GPU. */
const SESSIONS = "**/assets/worker-*.js";

/** How long a worker is waited for: one that has just ended may be listed still, and would never answer. */
const ANSWER_MS = 10_000;

/** A command may take this long beyond the seconds that it names. */
const COMMAND_MS = 50_000;

const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    // A GPU computed by the processor, where there may be a real one.
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});

// Before there are workers: whoever is to change what passes asks each of them, see ANSWER_MS.
for (const [scripts, change] of [[THREADS, refuse], [SESSIONS, breakGpu]]) {
  await browser.route(scripts, (route) => (changed.has(scripts) ? change(route) : route.continue()));
}

async function answer(command) {
  const { tab } = command;
  switch (command.do) {
    case "relay":
      return { port: await relay(command.to) };
    case "network":
      isCut = command.is === "off";
      if (isCut) for (const socket of sockets) socket.destroy();
      await browser.setOffline(isCut);
      return {};
    case "open":
      return open(command);
    case "wait":
      return wait(command);
    case "reload":
      await page(tab).reload();
      return {};
    case "stop":
      await page(tab).click("[data-test=stop]");
      return {};
    case "close":
      await page(tab).close({ runBeforeUnload: false });
      tabs.delete(tab);
      return {};
    case "killGpu":
      return killGpu();
    case "destroyGpu":
      return destroyGpu(page(tab));
    case "refuseThreads":
      changed.add(THREADS);
      return forgetScripts(page(tab));
    case "allowThreads":
      changed.delete(THREADS);
      return forgetScripts(page(tab));
    case "breakGpu":
      changed.add(SESSIONS);
      return forgetScripts(page(tab));
    case "mendGpu":
      changed.delete(SESSIONS);
      return forgetScripts(page(tab));
    case "workers":
      return { workers: page(tab).workers().length };
    case "endThread":
      return toThread(page(tab), () => self.close());
    case "muteThread":
      return toThread(page(tab), () => (self.onmessage = null));
    case "wakeLocks":
      return page(tab).evaluate(() => globalThis.wakeLocks);
    case "hide":
    case "show":
      await page(tab).evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, command.do === "hide" ? "hidden" : "visible");
      return {};
    case "memory":
      return memory(page(tab));
    case "installable": {
      const session = await browser.newCDPSession(page(tab));
      const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
      return { errors: installabilityErrors.map((each) => each.errorId).join(" ") };
    }
    case "evaluate":
      return { value: await page(tab).evaluate(command.what) };
    case "quit":
      await browser.close();
      return {};
  }
  throw new Error(`do: ${command.do} (expected: one of those above)`);
}

function page(tab) {
  const known = tabs.get(tab);
  if (known === undefined) throw new Error(`tab: ${tab} is not open`);
  return known;
}

async function open({ tab, url, userAgent, clicks }) {
  const opened = await browser.newPage();
  tabs.set(tab, opened);
  opened.on("console", (message) => console.error(`${tab}: ${message.text()}`));
  opened.on("pageerror", (error) => console.error(`${tab}: ${error.message}`));
  if (userAgent !== undefined) {
    await opened.addInitScript((agent) => {
      Object.defineProperty(navigator, "userAgent", { value: agent });
      Object.defineProperty(navigator, "userAgentData", { value: undefined });
    }, userAgent);
  }
  await opened.addInitScript(recordWakeLocks);
  const started = performance.now();
  await opened.goto(url);
  await opened.click("[data-test=start]", { clickCount: clicks ?? 1 });
  return { ms: Math.round(performance.now() - started) };
}

/** In the page: counts the wake locks that are asked for and held; the real ones are taken. */
function recordWakeLocks() {
  const counts = { asked: 0, held: 0 };
  globalThis.wakeLocks = counts;
  if (!("wakeLock" in navigator)) return;
  const request = navigator.wakeLock.request.bind(navigator.wakeLock);
  navigator.wakeLock.request = async (type) => {
    counts.asked++;
    const lock = await request(type);
    counts.held++;
    lock.addEventListener("release", () => counts.held--);
    return lock;
  };
}

/** Whichever device next gets an encoder is the one that computes. */
async function destroyGpu(opened) {
  for (const worker of opened.workers()) {
    const done = worker.evaluate(() => {
      const create = GPUDevice.prototype.createCommandEncoder;
      GPUDevice.prototype.createCommandEncoder = function (...given) {
        GPUDevice.prototype.createCommandEncoder = create;
        this.destroy();
        return create.apply(this, given);
      };
    });
    await within(ANSWER_MS, done);
  }
  return { workers: opened.workers().length };
}

async function refuse(route) {
  const response = await route.fetch();
  const body = `if (self.name.startsWith("thread")) throw new Error("refused");\n${await response.text()}`;
  await route.fulfill({ body, headers: { ...response.headers(), "cache-control": "no-store" } });
}

/** The texts of shaders, without the rounding in our exponential. */
async function breakGpu(route) {
  const response = await route.fetch();
  const broken = `const create = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function ({ code }) {
      return create.call(this, { code: code.replace("i32(round(x))", "i32(floor(x - 1.0))") });
    };`;
  const body = `${broken}\n${await response.text()}`;
  await route.fulfill({ body, headers: { ...response.headers(), "cache-control": "no-store" } });
}

async function forgetScripts(opened) {
  await opened.evaluate(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });
  return {};
}

async function toThread(opened, what) {
  const tried = [];
  for (const worker of opened.workers()) {
    const name = await within(ANSWER_MS, worker.evaluate(() => self.name));
    tried.push(name ?? "(silent)");
    if (name?.startsWith("thread") && (await within(ANSWER_MS, worker.evaluate(what).then(() => true)))) return {};
  }
  throw new Error(`no thread that answers: ${tried.join(", ")}`);
}

/** What a promise comes to, or undefined where it fails or takes longer. */
function within(ms, promise) {
  const late = new Promise((resolve) => setTimeout(resolve, ms));
  return Promise.race([promise.catch(() => undefined), late]);
}

async function status(tab) {
  const shown = page(tab).locator("[data-test=figures]");
  if ((await shown.count()) > 0) return JSON.parse(await shown.getAttribute("data-status"));
  const ending = page(tab).locator("[data-test=ending]");
  return { state: "ended", reason: (await ending.count()) === 0 ? "" : await ending.innerText() };
}

async function wait({ tab, for: condition, seconds }) {
  const isMet = new Function("s", `return ${condition}`);
  const end = performance.now() + 1000 * seconds;
  let last;
  do {
    last = await status(tab).catch((e) => ({ state: "gone", reason: e.message }));
    if (isMet(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (performance.now() < end);
  throw new Error(`${tab}: not ${condition} within ${seconds} s: ${JSON.stringify(last)}`);
}

/**
 * Bytes, for what they are at this moment: garbage is collected before. A service worker ends, as it does by itself once
 * it is idle: as long as it is driven from here it would live on, and keep what it fetched for each page.
 */
async function memory(opened) {
  const session = await browser.newCDPSession(opened);
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  const processes = ownProcesses().map(({ id }) => heldBytes(id));
  return { page: usedSize, processes: processes.reduce((all, one) => all + one, 0) };
}

/** Of this browser only: those that name its profile. */
function ownProcesses() {
  const own = [];
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${id}/cmdline`, "utf8");
      if (words.includes(profile) && words.includes("chrom") && !words.includes("tabs.mjs")) own.push({ id, words });
    } catch {
      // It has just ended.
    }
  }
  return own;
}

/** Without files that are mapped: how much of these is there depends on what else runs. */
function heldBytes(id) {
  try {
    const lines = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
    return ["Anon", "Shmem"].reduce((all, kind) => all + 1024 * Number(lines.match(`Pss_${kind}: +(\\d+)`)?.[1] ?? 0), 0);
  } catch {
    return 0;
  }
}

function killGpu() {
  const gpu = ownProcesses().find(({ words }) => words.includes("--type=gpu-process"));
  if (gpu === undefined) throw new Error("there is no GPU process");
  process.kill(Number(gpu.id), "SIGKILL");
  return { killed: Number(gpu.id) };
}

/** Bytes both ways, until the network is cut. */
async function relay(to) {
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(to, "127.0.0.1");
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

async function overdue(ms) {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
  throw new Error(`no answer within ${ms / 1000} s`);
}

console.log("{}");
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  let reply;
  try {
    const command = JSON.parse(line);
    const late = COMMAND_MS + 1000 * (command.seconds ?? 0);
    reply = await Promise.race([answer(command), overdue(late)]);
  } catch (e) {
    reply = { error: String(e.message ?? e).split("\n")[0] };
  }
  console.log(JSON.stringify(reply));
}
await browser.close();
process.exit(0);
