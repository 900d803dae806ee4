#!/usr/bin/env node
// Pictures of every page in both languages, to be looked at: node tests/browser/look.mjs OUT [--only NAME] [--lang zh,en] [--whole]
// --whole: as tall as the page is; else as an office screen shows it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openAs, openBrowser, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";
import { pagesOf } from "./pages.mjs";

const [out = "look", ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
mkdirSync(out, { recursive: true });
const hub = await Hub.start();
const browser = await openBrowser();
try {
  const pages = await pagesOf(hub);
  for (const language of option("--lang", "zh,en").split(",")) {
    let user = "";
    let page;
    for (const { name, as, path } of pages) {
      if (!name.includes(option("--only", ""))) continue;
      if (as !== user) page = await openAs(browser, hub, (user = as), path, { language });
      else await page.goto(hub.address + path);
      await settle(page);
      if (rest.includes("--whole")) {
        const beyond = await page.evaluate(() =>
          Math.max(...[...document.querySelectorAll("main, .case-scroll")].map((one) => one.scrollHeight - one.clientHeight)),
        );
        await page.setViewportSize({ width: 1366, height: Math.min(2400, 768 + beyond) });
        await settle(page);
      }
      await page.screenshot({ path: join(out, `${name}-${language}.png`) });
      await page.setViewportSize({ width: 1366, height: 768 });
      if (page.violations.length) console.log(name, page.violations.splice(0));
      if (page.foreign.length) console.log(name, page.foreign.splice(0));
    }
  }
} finally {
  await browser.close();
  await hub.stop();
}
