// projects.mjs BROWSER URL WORK DATA: projects, devices and uploads on the pages of a coordinator without
// accounts that lets one run be active. Asks the script that started it to kill and start the coordinator by
// making the files WORK/kill and WORK/start. SHOTS names a folder for pictures.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, close, launch, step, until } from "./browser.mjs";
import { accessible, narrow, shoot } from "./look.mjs";

const [executable, url, work, data] = process.argv.slice(2);
const shots = process.env.SHOTS ?? "";
const files = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map((name) => join(data, `${name}-ubyte`));
const browser = await launch(executable);
const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const complaints = [];
page.on("pageerror", (error) => complaints.push(error.message));
const api = async (path) => (await fetch(url + path)).json();
const field = (name) => page.getByLabel(name, { exact: true });
const outline = page.getByRole("region", { name: "What it will be" });
const tag = (text) => page.locator(".head .tag", { hasText: text }).first();
let first = "";
let second = "";
let device = "";

// The coordinator dies first: what follows shows that nothing is lost with it.
await step("an upload goes on by itself after its network and its coordinator were gone", async () => {
  await page.goto(`${url}/data`);
  const network = await context.newCDPSession(page);
  const pace = (isOffline, bytesPerSecond) =>
    network.send("Network.emulateNetworkConditions", { offline: isOffline, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
  await network.send("Network.enable");
  await pace(false, 8 << 20);
  // What is sent is no data: only that it arrives is of interest here, so the coordinator is not asked to read it.
  let asked;
  await page.route("**/v1/datasets", (route) => {
    if (route.request().method() !== "POST") return route.continue();
    asked = route.request().postDataJSON();
    return route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify({ detail: "not read in this test" }) });
  });
  await page.locator("#data-files").setInputFiles(join(work, "noise.bin"));
  await field("Name").fill("noise");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const share = async () => Number(await page.getByRole("progressbar", { name: "Sent of noise.bin" }).getAttribute("aria-valuenow"));
  await until("a fifth of it", 30, async () => (await share()) >= 20);
  await pace(true, 0);
  await page.getByText("The coordinator does not answer").waitFor();
  await pace(false, 8 << 20);
  await until("half of it", 30, async () => (await share()) >= 50);
  writeFileSync(join(work, "kill"), "");
  await page.getByText("The coordinator does not answer").waitFor();
  check((await share()) < 100, "it was there before the coordinator died");
  writeFileSync(join(work, "start"), "");
  await pace(false, -1);
  await page.getByText("not read in this test").waitFor({ timeout: 60_000 });
  const { sha256, isComplete } = await api(`/v1/uploads/${asked.files[0]}`);
  const expected = createHash("sha256").update(readFileSync(join(work, "noise.bin"))).digest("hex");
  check(isComplete && sha256 === expected, `${sha256} (expected: ${expected})`);
  await page.unroute("**/v1/datasets");
});

await step("there are no projects yet, and the page says what one is", async () => {
  await page.goto(`${url}/projects`);
  await page.getByRole("link", { name: "Prepare the first one" }).click();
  await page.getByRole("heading", { name: "A new project" }).waitFor();
  await outline.getByText("It still needs a name, a model and data").waitFor();
});

await step("data are sent from the form, and chosen", async () => {
  await page.getByRole("button", { name: "Send other data" }).click();
  await page.locator("#data-files").setInputFiles(files);
  await page.locator("#data-name").fill("digits");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("radio", { name: /^digits/ }).waitFor({ timeout: 40_000 });
  check(await page.getByRole("radio", { name: /^digits/ }).isChecked(), "they are not chosen");
  await page.getByRole("radio", { name: /Small dense network/ }).check();
  await outline.getByText(/160 steps over 5 epochs/).waitFor();
});

await step("what is wrong is said at the field while one types, and the proposal is taken", async () => {
  await field("Epochs").fill("0");
  await page.getByText("0 (expected: at least 1)").waitFor();
  check((await field("Epochs").getAttribute("aria-invalid")) === "true", "the field is not marked");
  await outline.getByText("one field is not right yet").waitFor();
  await page.getByRole("button", { name: "Take 1 for Epochs" }).click();
  check((await field("Epochs").inputValue()) === "1", "the proposal is not taken");
  await outline.getByText(/32 steps over 1 epoch/).waitFor();
});

await step("100 tasks, 10 a step: 99 cannot be, and what can is proposed", async () => {
  await field("Epochs").fill("5");
  await page.getByRole("radio", { name: /^Total tasks/ }).check();
  check(await page.getByRole("radio", { name: /K-batch/ }).isChecked(), "the strategy has not followed");
  await field("Total tasks").fill("99");
  await page.getByRole("button", { name: /^Take \d+ for Total tasks/ }).click();
  await outline.getByText(/tasks? of/).waitFor();
  await field("Total tasks").fill("100");
  await field("K").fill("10");
  await outline.getByText("100 tasks of 200 samples, 10 steps over 5 epochs.").waitFor();
});

await step("a deadline that has passed is refused, and one to come proposed", async () => {
  await field("Deadline").fill("2020-01-01T00:00");
  await page.getByText(/a time to come/).waitFor();
  await shoot(page, shots, "project-form", `${url}/projects/new?model=mnist-mlp&data=digits`, async (shown) => {
    await shown.getByLabel("Epochs", { exact: true }).fill("0");
    await shown.getByRole("button", { name: "Take 1 for Epochs" }).waitFor();
    await shown.locator("#field-epochs").evaluate((epochs) => epochs.scrollIntoView({ block: "center" }));
  });
  await page.getByRole("button", { name: /^Take .* for Deadline/ }).click();
  await outline.getByText("100 tasks of").waitFor();
  await field("Validation share").fill("2");
  await page.getByRole("button", { name: "Take 0.1 for Validation share" }).click();
  await outline.getByText("400 samples (10.0 %)").waitFor();
  await field("Validation share").fill("");
  await field("Contributors at most").fill("2");
  await field("Budget, in credits").fill("5");
  await outline.getByText("100 tasks of").waitFor();
});

await step("it is kept as a draft", async () => {
  await field("Name").fill("ten by ten");
  await page.getByRole("button", { name: "Keep as a draft" }).click();
  await page.waitForURL(/\/projects\/p[a-z0-9]+$/);
  first = new URL(page.url()).pathname;
  await page.getByRole("heading", { name: "ten by ten" }).waitFor();
  await tag("draft").waitFor();
  const { fields } = await api(first.replace("/projects", "/v1/projects"));
  check(fields.totalTasks === 100 && fields.k === 10 && fields.maxDevices === 2 && fields.budgetMicros === 5_000_000, JSON.stringify(fields));
  check(fields.deadlineMs > Date.now(), `${fields.deadlineMs} has passed`);
});

await step("changed, it is the same with another value and without what was taken out", async () => {
  await page.getByRole("link", { name: "Change", exact: true }).click();
  await until("the fields", 10, async () => (await field("Total tasks").inputValue()) === "100");
  await field("Deadline").fill("");
  await field("Learning rate").fill("0.002");
  await page.getByRole("button", { name: "Keep the changes" }).click();
  await page.waitForURL(url + first);
  const { fields } = await api(first.replace("/projects", "/v1/projects"));
  check(fields.deadlineMs === undefined && fields.learningRate === 0.002 && fields.totalTasks === 100, JSON.stringify(fields));
});

await step("a clone with other fields starts", async () => {
  await page.getByRole("button", { name: "Clone" }).click();
  await page.getByLabel("Its name").fill("endless");
  await page.getByRole("button", { name: "Make the copy" }).click();
  await page.getByRole("heading", { name: "Change endless" }).waitFor();
  second = new URL(page.url()).pathname.replace("/edit", "");
  await page.getByRole("radio", { name: /^Batches/ }).check();
  await page.getByRole("radio", { name: /Synchronous/ }).check();
  await field("Epochs").fill("400");
  await outline.getByText(/over 400 epochs/).waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForURL(url + second);
  await tag("running").waitFor();
  await page.getByRole("img", { name: /Accuracy over the training went from/ }).waitFor({ timeout: 60_000 });
});

await step("another one waits in the queue, and the page says for what", async () => {
  await page.goto(url + first);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await tag("queued").waitFor();
  await page.getByText("1 of 1 runs are active and 0 wait before it").waitFor();
  await page.goto(`${url}/`);
  await page.getByRole("region", { name: "In the queue" }).getByRole("link", { name: /ten by ten/ }).waitFor();
  await page.getByRole("link", { name: "Projects", exact: true }).click();
  await page.getByRole("link", { name: /ten by ten.*1 of 1 runs are active.*queued/ }).waitFor();
  await page.getByRole("button", { name: /^running/ }).click();
  await page.getByRole("link", { name: /ten by ten/ }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: /endless/ }).waitFor();
});

await step("taken out of the queue it is a draft again, and goes back", async () => {
  await page.goto(url + first);
  await page.getByRole("button", { name: "Take out of the queue" }).click();
  await tag("draft").waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await tag("queued").waitFor();
});

await step("a device's owner sees whether it helps, what it did, for whom, with what effect", async () => {
  await page.goto(`${url}/devices`);
  await page.getByText("Yours that have helped").waitFor();
  await page.getByRole("link", { name: "What it did: ann" }).click();
  await page.getByRole("heading", { name: "ann" }).waitFor();
  device = new URL(page.url()).pathname;
  const help = page.getByRole("region", { name: "Does this device help?" });
  await help.getByText(/About .* samples a second with it, .* without it; by the times measured at work/).waitFor({ timeout: 40_000 });
  await help.locator(".tag", { hasText: /helps|makes no difference|slows it down/ }).waitFor();
  await page.getByRole("region", { name: "What it did", exact: true }).getByRole("row", { name: /mnist-mlp at work owner .* %/ }).waitFor();
  const { runs, micros } = await api(device.replace("/devices", "/v1/devices") + "/work");
  check(runs.length === 1 && micros > 0, JSON.stringify(runs));
});

await step("the page that makes a browser a device says what that costs before its button", async () => {
  await page.goto(`${url}/device`);
  const costs = page.getByRole("region", { name: "What it costs" });
  for (const what of ["Computing.", "Data.", "Battery."]) await costs.getByText(what).waitFor();
  const isBefore = await costs.evaluate((sheet) => Boolean(sheet.querySelector("ul").compareDocumentPosition(sheet.querySelector("[data-test=start]")) & Node.DOCUMENT_POSITION_FOLLOWING));
  check(isBefore, "the button comes first");
});

if (shots !== "") {
  await shoot(page, shots, "device-work", url + device);
  await shoot(page, shots, "devices", `${url}/devices`);
  await shoot(page, shots, "projects", `${url}/projects`);
  await shoot(page, shots, "project", url + second);
}

await step("paused and resumed by the keyboard alone, then stopped", async () => {
  await page.goto(url + second);
  await page.getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Resume" }).waitFor();
  await page.getByRole("button", { name: "Resume" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop it" }).waitFor();
  await page.keyboard.press("Enter");
  await tag("stopped").waitFor({ timeout: 30_000 });
});

await step("then it is the other one's turn, to its end", async () => {
  await page.goto(url + first);
  await tag("completed").waitFor({ timeout: 60_000 });
  await page.getByRole("img", { name: /Accuracy.*at the latest test/ }).waitFor();
});

await step("both are compared: curves over each other, what came of them, in what they differ", async () => {
  await page.getByLabel("Another project").selectOption({ label: "endless (stopped)" });
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("img", { name: /Accuracy by epochs: ten by ten came to .* %; endless came to .* %/ }).waitFor();
  await page.getByRole("row", { name: /^epochs 5 400/ }).waitFor();
  await page.getByRole("row", { name: /^Status completed stopped/ }).waitFor();
});

await step("a draft that goes on from what was learnt", async () => {
  await page.goto(url + first);
  await page.getByRole("button", { name: "Train on" }).click();
  await page.getByLabel("It begins").selectOption("best");
  await page.getByRole("button", { name: "Prepare it" }).click();
  await page.getByRole("heading", { name: "Change ten by ten again" }).waitFor();
  await outline.getByText("100 tasks of").waitFor();
  await page.getByRole("button", { name: "Keep the changes" }).click();
  const { fields, run } = { ...(await api(first.replace("/projects", "/v1/projects"))), ...(await api(new URL(page.url()).pathname.replace("/projects", "/v1/projects").replace("/edit", ""))) };
  check(fields.continues.checkpoint === "best", JSON.stringify({ fields, run }));
});

const compared = () => `${first}/with/${second.split("/").pop()}`;
const rooms = () => ["/projects", "/projects/new", first, second, compared(), "/devices", device, "/device"];
await step("nothing serious is in the way of anybody, in light and dark", () => accessible(page, url, rooms()));
await step("nothing is wider than a phone", () => narrow(page, url, rooms()));
await shoot(page, shots, "comparison", url + compared());
await step("no page complained", async () => check(complaints.length === 0, complaints.join("; ")));

await browser.close();
close();
