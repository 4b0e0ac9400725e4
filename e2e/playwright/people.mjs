// people.mjs BROWSER LINK: a coordinator with accounts, from the link that it printed on.
import { createRequire } from "node:module";
import jsQR from "jsqr";
import { check, close, launch, step } from "./browser.mjs";

const [executable, link] = process.argv.slice(2);
const url = new URL(link).origin;
const axe = createRequire(import.meta.url).resolve("axe-core");
const browser = await launch(executable);
const admin = await (await browser.newContext({ bypassCSP: true })).newPage();
const guest = await (await browser.newContext({ bypassCSP: true })).newPage();
let invitation = "";
let scanned = "";

/** What a camera reads from a picture of a QR code. */
async function scan(png) {
  const source = `data:image/png;base64,${png.toString("base64")}`;
  const { pixels, width, height } = await guest.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
    return { pixels: [...data], width, height };
  }, source);
  const found = jsQR(Uint8ClampedArray.from(pixels), width, height);
  check(found !== null, "there is no QR code in the picture");
  return found.data;
}

await step("the printed link makes the administrator", async () => {
  await admin.goto(link);
  await admin.getByRole("heading", { name: "The first account" }).waitFor();
  await admin.getByLabel("Name").fill("ada");
  await admin.getByLabel("Password").fill("correct horse");
  await admin.getByRole("button", { name: "Make the account" }).click();
  await admin.getByRole("link", { name: "People", exact: true }).waitFor();
  check(!admin.url().includes("setup"), "the token stays in the address");
});

await step("who has no account sees the door only", async () => {
  await guest.goto(`${url}/runs`);
  await guest.getByRole("heading", { name: "Log in" }).waitFor();
  check((await guest.getByRole("link", { name: "Devices", exact: true }).count()) === 0, "the menu is shown");
});

await step("an invitation makes another account, without the administrator's pages", async () => {
  await admin.getByRole("link", { name: "People", exact: true }).click();
  await admin.getByRole("button", { name: "Make a link" }).click();
  invitation = await admin.locator(".command code").first().innerText();
  await guest.goto("about:blank");
  await guest.goto(invitation);
  await guest.getByLabel("Name").fill("bob");
  await guest.getByLabel("Password").fill("battery staple");
  await guest.getByRole("button", { name: "Make an account" }).click();
  await guest.getByRole("link", { name: "Devices", exact: true }).waitFor();
  check((await guest.getByRole("link", { name: "People", exact: true }).count()) === 0, "People is shown to a guest");
});

await step("a link for devices, with a QR code of it", async () => {
  await guest.getByRole("link", { name: "Join", exact: true }).click();
  await guest.getByRole("button", { name: "Make a link" }).click();
  const code = guest.getByRole("img", { name: "QR code of the link" });
  await code.waitFor();
  scanned = await scan(await code.screenshot());
  const shown = await guest.locator(".command code").allInnerTexts();
  check(/#join=/.test(scanned) && shown.some((text) => text.includes(scanned)), `${scanned} is in none of: ${shown.join("; ")}`);
});

await step("who scans it joins, as a device of hers", async () => {
  const phone = await (await browser.newContext()).newPage();
  await phone.goto(scanned);
  await phone.getByRole("button", { name: "Join", exact: true }).click();
  await phone.getByRole("heading", { name: "This browser is a device" }).waitFor();
  await guest.getByRole("link", { name: "Devices", exact: true }).click();
  await guest.getByRole("heading", { name: /Chrome/ }).waitFor();
  await phone.getByRole("button", { name: "Stop", exact: true }).click();
  await phone.context().close();
});

await step("a wrong password is refused in words, the right one lets in", async () => {
  await guest.getByRole("link", { name: "bob", exact: true }).click();
  await guest.getByRole("button", { name: "Log out" }).click();
  await guest.getByRole("heading", { name: "Log in" }).waitFor();
  await guest.getByLabel("Name").fill("bob");
  await guest.getByLabel("Password").fill("wrong password");
  await guest.getByRole("button", { name: "Log in" }).click();
  await guest.getByRole("alert").waitFor();
  await guest.getByLabel("Password").fill("battery staple");
  await guest.getByRole("button", { name: "Log in" }).click();
  await guest.getByRole("link", { name: "Devices", exact: true }).waitFor();
});

await step("nothing serious is in the way on the pages of people", async () => {
  const found = [];
  for (const path of ["/people", "/account", "/join"]) {
    await admin.goto(url + path);
    await admin.locator("h1").waitFor();
    await admin.waitForTimeout(500);
    await admin.addScriptTag({ path: axe });
    const { violations } = await admin.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
    for (const each of violations) {
      if (["serious", "critical"].includes(each.impact)) found.push(`${path} ${each.id}: ${each.nodes[0].html.slice(0, 90)}`);
    }
  }
  check(found.length === 0, found.join("; "));
});

await browser.close();
close();
