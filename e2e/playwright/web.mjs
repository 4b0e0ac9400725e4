// web.mjs BROWSER URL WORK DATA: the pages of a coordinator without accounts. Asks the script that
// started it to kill and start the coordinator by making the files WORK/kill and WORK/start.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { check, close, launch, step, until } from "./browser.mjs";

const [executable, url, work, data] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve("axe-core");
const files = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map((name) => join(data, `${name}-ubyte`));
const browser = await launch(executable);
const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const complaints = [];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(error.message));

const samplesDone = async () => Number((await (await fetch(`${url}${run.replace("/runs", "/v1/runs")}`)).json()).progress.samplesDone);
const lossText = () => page.getByRole("img", { name: /^Loss/ }).getAttribute("aria-label");
let run = "";

await step("every page opens", async () => {
  for (const path of ["/", "/runs", "/devices", "/join", "/start"]) {
    await page.goto(url + path);
    await page.locator("h1").waitFor();
  }
  await page.goto(`${url}/devices`);
  await page.getByRole("heading", { name: "ann" }).waitFor();
  check(complaints.length === 0, complaints.join("; "));
});

await step("the form says what is wrong, and where", async () => {
  await page.goto(`${url}/start`);
  await page.locator("#files").setInputFiles(files);
  await page.getByText("The files just sent").waitFor();
  await page.getByRole("radio", { name: /Small dense network/ }).check();
  await page.getByLabel("Epochs", { exact: true }).fill("0");
  await page.getByRole("button", { name: "Start the training" }).click();
  await page.getByText("0 is too small (expected: at least 1)").waitFor();
  check(await page.getByLabel("Epochs", { exact: true }).evaluate((field) => field === document.activeElement), "the wrong field has no focus");
});

await step("a training starts by the form", async () => {
  await page.getByLabel("Epochs", { exact: true }).fill("400");
  await page.getByLabel("Batch size").fill("96");
  await page.getByLabel("Total tasks").fill("6");
  await page.getByRole("button", { name: "Start the training" }).click();
  await page.waitForURL(/\/runs\/r/);
  run = new URL(page.url()).pathname;
});

await step("its curves move", async () => {
  await until("a first loss", 60, async () => /from/.test((await lossText()) ?? ""));
  const first = await lossText();
  await until("another loss", 30, async () => (await lossText()) !== first);
  await until("a test", 60, async () => /at the latest test/.test((await lossText()) ?? ""));
});

await step("what was drawn is there again after a reload", async () => {
  await page.reload();
  await until("the curve", 20, async () => /at the latest test/.test((await lossText()) ?? ""));
});

await step("devices and their shares are shown", async () => {
  await page.getByRole("cell", { name: "ann" }).waitFor({ timeout: 80_000 });
  await page.getByRole("cell", { name: "bob" }).waitFor();
});

await step("the latest model can be downloaded meanwhile", () => download(/Download latest/));

await step("pause holds it", async () => {
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator("main .tag", { hasText: "paused" }).waitFor();
  await page.getByRole("button", { name: "Resume" }).waitFor();
});

await step("the page says that the coordinator is away, and stays", async () => {
  writeFileSync(join(work, "kill"), "");
  await page.getByText("The coordinator does not answer").waitFor({ timeout: 120_000 });
  check(/from/.test((await lossText()) ?? ""), "the curve is gone");
});

await step("and goes on by itself after the restart", async () => {
  writeFileSync(join(work, "start"), "");
  await page.getByText("The coordinator does not answer").waitFor({ state: "detached", timeout: 240_000 });
  await page.getByRole("button", { name: "Resume" }).click({ timeout: 80_000 });
  await page.getByRole("button", { name: "Pause" }).waitFor({ timeout: 80_000 });
  const before = await samplesDone();
  await until("more samples", 60, async () => (await samplesDone()) > before);
});

await step("a visitor behind a slow network sees the curves move", async () => {
  const other = await browser.newContext();
  const slow = await other.newPage();
  const network = await other.newCDPSession(slow);
  // A poor mobile network: 400 kbit/s, and 400 ms to the coordinator.
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  const begun = Date.now();
  await slow.goto(url + run, { waitUntil: "commit", timeout: 120_000 });
  await slow.locator("h1").waitFor({ timeout: 120_000 });
  console.log(`behind a slow network the page was there after ${Date.now() - begun} ms`);
  const curve = () => slow.getByRole("img", { name: /^Loss/ }).getAttribute("aria-label");
  await until("the curve", 60, async () => /at the latest test/.test((await curve()) ?? ""));
  const before = await curve();
  await until("another loss", 60, async () => (await curve()) !== before);
  await other.close();
});

complaints.length = 0;
await step("nothing serious is in the way of anybody, in light and dark", async () => {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    const other = await browser.newContext({ colorScheme, bypassCSP: true, reducedMotion: "reduce" });
    const looked = await other.newPage();
    for (const path of ["/", "/runs", "/devices", "/join", "/start", run]) {
      await looked.goto(url + path);
      await looked.locator("h1").waitFor();
      await looked.waitForTimeout(500);
      await looked.addScriptTag({ path: axe });
      const { violations } = await looked.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
      for (const each of violations) {
        if (["serious", "critical"].includes(each.impact)) found.push(`${colorScheme} ${path} ${each.id}: ${each.nodes[0].html.slice(0, 90)}`);
      }
    }
    await other.close();
  }
  check(found.length === 0, found.join("; "));
});

await step("nothing is wider than a phone", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ["/", "/runs", "/devices", "/join", "/start", run]) {
    await page.goto(url + path);
    await page.locator("h1").waitFor();
    await page.waitForTimeout(300);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    check(width <= 360, `${path}: ${width} px wide`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
});

await step("the keyboard reaches the first page by the skip link and the menu", async () => {
  await page.goto(`${url}/`);
  await page.locator("h1").waitFor();
  await page.keyboard.press("Tab");
  check(await page.evaluate(() => document.activeElement.className === "skip"), "the first stop is no skip link");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/runs$/);
  // the address changes before the page is drawn
  const focused = await page.waitForFunction(() => document.activeElement.id === "main", null, { timeout: 10_000 }).catch(() => undefined);
  check(focused, "a new page has no focus");
});

await step("stop ends it, and its model can be downloaded", async () => {
  await page.goto(url + run);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "Stop it" }).click();
  await page.locator("main .tag", { hasText: "stopped" }).waitFor({ timeout: 120_000 });
  await download(/Download model/);
  await download(/^Best/);
});

async function download(name) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  const bytes = readFileSync(await file.path());
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
  check(Object.keys(header).length > 1, "no safetensors file");
}

await browser.close();
close();
