// grid.mjs BROWSER LINK WORK: administrator, requestor and provider of a coordinator with accounts, from the
// link that it printed on. Asks the script that started it for devices and for the coordinator's death by
// making the files WORK/join, WORK/kill and WORK/start. SHOTS names a folder for pictures.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { check, close, launch, step, until } from "./browser.mjs";

const [executable, link, work] = process.argv.slice(2);
const url = new URL(link).origin;
const shots = process.env.SHOTS ?? "";
const axe = createRequire(import.meta.url).resolve("axe-core");
const browser = await launch(executable);
const options = { acceptDownloads: true, bypassCSP: true, viewport: { width: 1280, height: 900 } };
const admin = await (await browser.newContext(options)).newPage();
const requestor = await (await browser.newContext(options)).newPage();
const provider = await (await browser.newContext(options)).newPage();
const complaints = [];
for (const page of [admin, requestor, provider]) {
  page.on("pageerror", (error) => complaints.push(error.message));
  page.setDefaultTimeout(80_000);
}
let run = "";
let model = "";
let data = "";

await step("the printed link makes the administrator", async () => {
  await admin.goto(link);
  await admin.getByLabel("Name").fill("ada");
  await admin.getByLabel("Password").fill("correct horse");
  await admin.getByRole("button", { name: "Make the account" }).click();
  await admin.getByRole("link", { name: "People", exact: true }).waitFor();
});

await step("who invites a requestor and a provider", async () => {
  await enter(requestor, "rita", await invitation("provider"));
  await requestor.getByRole("link", { name: "Data", exact: true }).waitFor();
  await enter(provider, "pat", await invitation("requestor"));
  await provider.getByRole("link", { name: "Join", exact: true }).waitFor();
  check((await provider.getByRole("link", { name: "Models", exact: true }).count()) === 0, "a provider is shown Models");
});

async function invitation(without) {
  await admin.goto(`${url}/people`);
  const sheet = admin.getByRole("region", { name: "Invite somebody" });
  await sheet.getByRole("checkbox", { name: without }).uncheck();
  await sheet.getByRole("button", { name: "Make a link" }).click();
  return sheet.locator(".command code").innerText();
}

async function enter(page, name, by) {
  await page.goto(by);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("battery staple");
  await page.getByRole("button", { name: "Make an account" }).click();
}

await step("NumPy files become a data set", async () => {
  await requestor.getByRole("link", { name: "Data", exact: true }).click();
  await requestor.locator("#data-files").setInputFiles(["y.npy", "x.npy", "x_test.npy", "y_test.npy"].map((name) => join(work, name)));
  await requestor.getByText("x.npy are inputs, y.npy are targets").waitFor();
  await requestor.getByLabel("Name", { exact: true }).fill("digits");
  await requestor.getByRole("button", { name: "Add", exact: true }).click();
  await requestor.getByRole("link", { name: /digits.*5,000 samples/ }).click({ timeout: 160_000 });
  await requestor.getByRole("img", { name: /Sample 1,/ }).waitFor();
  check((await requestor.locator(".bars li").count()) === 10, "the histogram has not ten classes");
  data = new URL(requestor.url()).pathname;
});

await step("a file that is no model is refused in words", async () => {
  await requestor.getByRole("link", { name: "Models", exact: true }).click();
  await requestor.locator("#model-files").setInputFiles({ name: "net.pt", mimeType: "application/octet-stream", buffer: Buffer.from("not a model at all") });
  await requestor.getByRole("button", { name: "Add", exact: true }).click();
  await requestor.getByRole("alert").getByText(/net\.pt: no model by its first bytes/).waitFor();
});

await step("a model that Keras made is stored", async () => {
  await requestor.locator("#model-files").setInputFiles(join(work, "digits.h5"));
  await requestor.getByLabel("Name", { exact: true }).fill("my-digits");
  await requestor.getByRole("button", { name: "Add", exact: true }).click();
  await requestor.getByRole("heading", { name: "my-digits" }).waitFor();
  await requestor.getByText("25,450").first().waitFor();
  await requestor.getByText(/^keras-adam/).waitFor();
  model = new URL(requestor.url()).pathname;
});

await step("the provider makes a link, and two devices join by it", async () => {
  await provider.getByRole("link", { name: "Join", exact: true }).click();
  await provider.getByRole("button", { name: "Make a link" }).click();
  await provider.getByRole("img", { name: "QR code of the link" }).waitFor();
  const texts = await provider.locator(".command code").allInnerTexts();
  const found = texts.map((text) => /\S+#join=\S+/.exec(text)?.[0]).find((text) => text !== undefined);
  check(found !== undefined, `no link: ${texts.join("; ")}`);
  // A device's page is elsewhere; the command takes the address itself.
  writeFileSync(join(work, "join"), `${url}/${found.slice(found.indexOf("#")).replace(/['"]$/, "")}`);
  await provider.getByRole("link", { name: "Devices", exact: true }).click();
  await provider.getByRole("heading", { name: "ann" }).waitFor({ timeout: 240_000 });
  await provider.getByRole("heading", { name: "bob" }).waitFor({ timeout: 240_000 });
});

await step("a run of 100 tasks with K 10 starts by the form", async () => {
  await requestor.getByRole("link", { name: "Train it" }).click();
  await requestor.getByRole("radio", { name: /my-digits/ }).waitFor();
  check(await requestor.getByRole("radio", { name: /my-digits/ }).isChecked(), "the model is not chosen");
  await requestor.getByRole("radio", { name: /^digits/ }).check();
  await requestor.getByLabel("Epochs", { exact: true }).fill("12");
  await requestor.getByLabel("Batch size").fill("1000");
  await requestor.getByLabel("Total tasks").fill("100");
  await requestor.getByRole("radio", { name: /K-batch/ }).check();
  await requestor.getByLabel("K", { exact: true }).fill("10");
  await shoot("start", `/start?model=${model.split("/").pop()}&data=${data.split("/").pop()}`);
  await requestor.getByRole("button", { name: "Start the training" }).click();
  await requestor.waitForURL(/\/runs\/r/);
  run = new URL(requestor.url()).pathname;
});

const view = () => requestor.evaluate(async (path) => (await fetch(path)).json(), run.replace("/runs", "/v1/runs"));
const lossText = () => requestor.getByRole("img", { name: /^Loss/ }).getAttribute("aria-label");

await step("its curves move", async () => {
  await until("a first loss", 60, async () => /from/.test((await lossText()) ?? ""));
  const first = await lossText();
  await until("another loss", 30, async () => (await lossText()) !== first);
  await until("a test", 60, async () => /at the latest test/.test((await lossText()) ?? ""));
});

await step("pause holds it", async () => {
  await requestor.getByRole("button", { name: "Pause" }).click();
  await requestor.getByRole("button", { name: "Resume" }).waitFor();
  check((await view()).status === "paused", "it is not paused");
});

await step("what it has learnt so far is downloaded for Keras", () => download(/Download latest/, "intermediate.keras"));

await step("the coordinator dies, and the page stays", async () => {
  writeFileSync(join(work, "kill"), "now");
  await requestor.getByText("The coordinator does not answer").waitFor({ timeout: 160_000 });
  writeFileSync(join(work, "start"), "now");
  await requestor.getByText("The coordinator does not answer").waitFor({ state: "detached", timeout: 240_000 });
});

await step("resumed, it goes on to its end", async () => {
  await requestor.getByRole("button", { name: "Resume" }).click({ timeout: 120_000 });
  await requestor.getByRole("button", { name: "Pause" }).waitFor();
  await shoot("run", run);
  await requestor.locator("main .tag", { hasText: "finished" }).waitFor({ timeout: 480_000 });
  const { lastEvaluation, weightsSha256 } = await view();
  check(weightsSha256 !== undefined, "there are no weights");
  writeFileSync(join(work, "reported.json"), JSON.stringify({ accuracy: lastEvaluation.accuracy }));
});

await step("its model is downloaded in two forms of Keras", async () => {
  await download(/Download model/, "final.keras");
  await requestor.getByLabel("Form of the file").selectOption("h5");
  await download(/Download model/, "final.h5");
});

async function download(name, as) {
  const [file] = await Promise.all([requestor.waitForEvent("download"), requestor.getByRole("button", { name }).click()]);
  copyFileSync(await file.path(), join(work, as));
}

await step("the page shows which classes it takes for which", async () => {
  await requestor.getByRole("region", { name: "Confusion matrix" }).waitFor();
  await requestor.getByRole("img", { name: /Test sample/ }).first().waitFor();
});

await step("the provider earned what the requestor spent", async () => {
  const standing = (page) => page.evaluate(async () => (await fetch("/v1/credits")).json());
  const [spent, earned] = [await standing(requestor), await standing(provider)];
  check(earned.earnedMicros > 0 && earned.earnedMicros === spent.spentMicros, `${earned.earnedMicros} earned, ${spent.spentMicros} spent`);
  await provider.getByRole("link", { name: "Credits", exact: true }).click();
  await provider.getByRole("region", { name: "Statement" }).getByRole("row").nth(1).waitFor();
});

await step("shared with the provider, the model is seen and not changed", async () => {
  await requestor.goto(url + model);
  await requestor.getByPlaceholder("Name of a person").fill("pat");
  await requestor.getByRole("button", { name: "Share", exact: true }).click();
  await requestor.getByRole("button", { name: "End sharing with pat" }).waitFor();
  const seen = await provider.evaluate(async () => (await fetch("/v1/models")).json());
  check(seen.models[0]?.name === "my-digits" && !seen.models[0].isMine, JSON.stringify(seen).slice(0, 200));
});

const rooms = () => ["/data", data, "/models", model, "/credits", `/start?model=${model.split("/").pop()}`, run];

await step("nothing serious is in the way of anybody, in light and dark", async () => {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await requestor.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const path of rooms()) {
      await requestor.goto(url + path);
      await requestor.locator("h1").waitFor();
      await requestor.waitForTimeout(500);
      await requestor.addScriptTag({ path: axe });
      const { violations } = await requestor.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
      for (const each of violations) {
        if (["serious", "critical"].includes(each.impact)) found.push(`${colorScheme} ${path} ${each.id}: ${each.nodes[0].html.slice(0, 90)}`);
      }
    }
  }
  check(found.length === 0, found.join("; "));
});

await step("nothing is wider than a phone", async () => {
  await requestor.setViewportSize({ width: 360, height: 740 });
  for (const path of rooms()) {
    await requestor.goto(url + path);
    await requestor.locator("h1").waitFor();
    await requestor.waitForTimeout(300);
    const width = await requestor.evaluate(() => document.documentElement.scrollWidth);
    check(width <= 360, `${path}: ${width} px wide`);
  }
});

if (shots !== "") {
  for (const [name, path] of [["data", "/data"], ["dataset", data], ["models", "/models"], ["model", model], ["report", run]]) await shoot(name, path);
  await shoot("credits", "/credits", provider);
  await shoot("people", "/people", admin);
}
await step("no page complained", async () => check(complaints.length === 0, complaints.join("; ")));

/** Pictures of a page in light, dark and on a phone, in a window of its own. */
async function shoot(name, path, of = requestor) {
  if (shots === "") return;
  mkdirSync(shots, { recursive: true });
  const page = await of.context().newPage();
  for (const [look, width, colorScheme] of [["desktop-light", 1280, "light"], ["desktop-dark", 1280, "dark"], ["phone-light", 390, "light"], ["phone-dark", 390, "dark"]]) {
    await page.setViewportSize({ width, height: width > 500 ? 900 : 844 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto(url + path);
    await page.locator("h1").waitFor();
    await page.waitForTimeout(1_200);
    await page.screenshot({ path: join(shots, `${name}-${look}.png`), fullPage: width > 500 });
  }
  await page.close();
}

await browser.close();
close();
