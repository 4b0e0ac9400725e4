// What the suites do with every page: look for what is in anybody's way, and take pictures.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { check } from "./browser.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core");
const LOOKS = [
  ["desktop-light", 1280, "light"],
  ["desktop-dark", 1280, "dark"],
  ["phone-light", 390, "light"],
  ["phone-dark", 390, "dark"],
];

/** Nothing serious, in light and dark, by axe. The page's context must bypass the policy of the pages. */
export async function accessible(page, url, paths) {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const path of paths) {
      await open(page, url + path);
      await page.addScriptTag({ path: axe });
      const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
      for (const each of violations) {
        if (["serious", "critical"].includes(each.impact)) found.push(`${colorScheme} ${path} ${each.id}: ${each.nodes[0].html.slice(0, 120)}`);
      }
    }
  }
  check(found.length === 0, found.join("; "));
}

/** Nothing is wider than the smallest phone. */
export async function narrow(page, url, paths) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of paths) {
    await open(page, url + path);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    check(width <= 360, `${path}: ${width} px wide`);
  }
  await page.setViewportSize(before);
}

/** Pictures in light, dark and on a phone, in a window of its own; of what `prepare` brings into view if given. Nothing without `folder`. */
export async function shoot(of, folder, name, url, prepare) {
  if (folder === "") return;
  mkdirSync(folder, { recursive: true });
  const page = await of.context().newPage();
  for (const [look, width, colorScheme] of LOOKS) {
    await page.setViewportSize({ width, height: width > 500 ? 900 : 844 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open(page, url);
    await prepare?.(page);
    await page.waitForTimeout(800);
    await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: width > 500 && prepare === undefined });
  }
  await page.close();
}

async function open(page, url) {
  await page.goto(url);
  await page.locator("h1").waitFor();
  await page.waitForTimeout(400);
}
