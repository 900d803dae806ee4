#!/usr/bin/env node
// Pictures of every page in both languages, to be looked at: node tests/browser/look.mjs OUT [--people N] [--only NAME]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { call, logIn, openBrowser, openWindow, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";
import { pagesOf } from "./pages.mjs";

const [out = "look", ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
mkdirSync(out, { recursive: true });
const hub = await Hub.start({ people: Number(option("--people", "3000")) });
const browser = await openBrowser();
try {
  for (const language of option("--lang", "zh,en").split(",")) {
    let user = "";
    let page;
    for (const { name, as, path, before } of await pagesOf(hub, browser)) {
      if (!name.includes(option("--only", ""))) continue;
      if (as !== user) {
        await page?.context().close();
        page = await openWindow(browser, hub, { language });
        await logIn(page, hub, (user = as));
      }
      await page.goto(hub.address + path);
      await settle(page);
      if (before) await before(page, call);
      await page.screenshot({ path: join(out, `${name}-${language}.png`) });
      if (page.violations.length) console.log(name, page.violations.splice(0));
      if (page.foreign.length) console.log(name, page.foreign.splice(0));
    }
    await page?.context().close();
  }
} finally {
  await browser.close();
  await hub.stop();
}
