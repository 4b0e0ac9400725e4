// Drives headless Chromium for browser.sh: `node browser.mjs FOLDER` reads one JSON command a line and answers each
// with one JSON line. Chromium's own profile lies in FOLDER. A command that throws answers {"error": …}.
//
//   {"do": "launch"}                          starts a browser
//   {"do": "open", "tab", "url"}              opens a page and joins; answers the milliseconds that took
//   {"do": "status", "tab"}                   what the page shows of its device
//   {"do": "wait", "tab", "for", "seconds"}   until an expression of the status `s` is true
//   {"do": "reload" | "stop" | "close", "tab"}
//   {"do": "killGpu"}                         kills the browser's GPU process
//   {"do": "hide" | "show", "tab"}            as if the page was put into the background
//   {"do": "quit"}
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { chromium } = createRequire(`${process.env.PLAYWRIGHT}/`)("playwright-core");

const profile = process.argv[2];
const tabs = new Map();
let browser;

const ARGUMENTS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

async function answer(command) {
  switch (command.do) {
    case "launch":
      browser = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        headless: true,
        args: ARGUMENTS,
      });
      return {};
    case "open":
      return open(command);
    case "status":
      return status(command.tab);
    case "wait":
      return wait(command);
    case "reload":
      await page(command.tab).reload();
      return {};
    case "stop":
      await page(command.tab).click("[data-test=stop]");
      return {};
    case "close":
      await page(command.tab).close({ runBeforeUnload: false });
      tabs.delete(command.tab);
      return {};
    case "killGpu":
      return killGpu();
    case "hide":
    case "show":
      await page(command.tab).evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, command.do === "hide" ? "hidden" : "visible");
      return {};
    case "quit":
      await browser?.close();
      return {};
    default:
      throw new Error(`do: ${command.do} (expected: one of those above)`);
  }
}

function page(tab) {
  const known = tabs.get(tab);
  if (known === undefined) throw new Error(`tab: ${tab} is not open`);
  return known;
}

/** From the link to the button, as a person would. */
async function open({ tab, url, userAgent }) {
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
  const started = performance.now();
  await opened.goto(url);
  await opened.click("[data-test=start]");
  return { ms: Math.round(performance.now() - started) };
}

async function status(tab) {
  const shown = page(tab).locator("[data-test=figures]");
  if ((await shown.count()) === 0) {
    const ending = page(tab).locator("[data-test=ending]");
    return { state: "ended", reason: (await ending.count()) === 0 ? "" : await ending.innerText() };
  }
  return JSON.parse(await shown.getAttribute("data-status"));
}

async function wait({ tab, for: condition, seconds }) {
  const isMet = new Function("s", `return ${condition}`);
  const end = performance.now() + 1000 * seconds;
  let last;
  do {
    last = await status(tab).catch((e) => ({ state: "gone", reason: e.message }));
    if (isMet(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (performance.now() < end);
  throw new Error(`${tab}: not ${condition} within ${seconds} s: ${JSON.stringify(last)}`);
}

/** Of this browser only: it is the one with this profile. */
function killGpu() {
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    let words;
    try {
      words = readFileSync(`/proc/${id}/cmdline`, "utf8");
    } catch {
      continue;
    }
    if (words.includes("--type=gpu-process") && words.includes(profile)) {
      process.kill(Number(id), "SIGKILL");
      return { killed: Number(id) };
    }
  }
  throw new Error("there is no GPU process");
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  let reply;
  try {
    reply = await answer(JSON.parse(line));
  } catch (e) {
    reply = { error: String(e.message ?? e).split("\n")[0] };
  }
  console.log(JSON.stringify(reply));
}
await browser?.close();
