// Every page for everybody: checked by axe in both languages, and usable at 125 % on a small screen.
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { logIn, openBrowser, openWindow, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";
import { pagesOf } from "./pages.mjs";

let hub, browser, pages;
before(async () => {
  hub = await Hub.start({ people: 3000 });
  browser = await openBrowser();
  pages = await pagesOf(hub, browser);
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

async function eachPage(language, size, visit) {
  let user, page;
  for (const one of pages) {
    if (one.as !== user) {
      await page?.context().close();
      page = await openWindow(browser, hub, { language, ...size });
      await logIn(page, hub, (user = one.as));
    }
    await page.goto(hub.address + one.path);
    await settle(page);
    await visit(page, one);
  }
  await page?.context().close();
}

for (const language of ["zh", "en"]) {
  test(`axe finds nothing on any page (${language})`, async () => {
    const found = [];
    await eachPage(language, {}, async (page, { name }) => {
      const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
      for (const { id, nodes } of violations) found.push(`${name}: ${id} ${nodes.map(({ target }) => target.join(" ")).slice(0, 3).join(" | ")}`);
      for (const text of page.violations.splice(0)) found.push(`${name}: ${text}`);
      for (const url of page.foreign.splice(0)) found.push(`${name}: asks ${url}`);
    });
    assert.deepEqual(found, []);
  });
}

test("at 125 % on 1366 x 768 no page is wider than the window", async () => {
  const wide = [];
  await eachPage("en", { width: 1093, height: 614 }, async (page, { name }) => {
    const over = await page.evaluate(() => {
      const main = document.querySelector("main");
      return main.scrollWidth - main.clientWidth;
    });
    if (over > 1) wide.push(`${name}: ${over} px`);
  });
  assert.deepEqual(wide, []);
});

test("the keyboard alone leads from the first key to the content and to every place", async () => {
  const page = await openWindow(browser, hub);
  await logIn(page, hub, "officer", "/findings");
  await settle(page);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "跳到正文");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  const seen = new Set();
  for (let i = 0; i < 40; ++i) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const outline = getComputedStyle(element).outlineStyle;
      return { what: element.tagName + element.className + element.textContent.slice(0, 20), seen: outline !== "none" || element.tagName === "INPUT" };
    });
    assert.ok(at.seen, `the focus cannot be seen on ${at.what}`);
    seen.add(at.what);
  }
  assert.ok(seen.size > 12, `the focus goes round ${seen.size} places only`);
});
