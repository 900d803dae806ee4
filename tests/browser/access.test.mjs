// Every page for everybody: checked by axe in both languages, and usable at 125 % on a small screen.
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openAs, openBrowser, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";
import { pagesOf } from "./pages.mjs";

let hub, browser, pages;
before(async () => {
  hub = await Hub.start();
  browser = await openBrowser();
  pages = await pagesOf(hub);
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

async function axe(page, name) {
  // Legacy: in the page itself. Otherwise axe opens a tab for every frame, which this Chromium refuses beside the monthly summary's.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(RULES).analyze();
  return violations.map(
    ({ id, nodes }) =>
      `${name}: ${id} ${nodes
        .map(({ target }) => target.join(" "))
        .slice(0, 3)
        .join(" | ")}`,
  );
}

async function eachPage(language, look) {
  let user, page;
  for (const one of pages) {
    if (one.as !== user) page = await openAs(browser, hub, (user = one.as), one.path, { language });
    else await page.goto(hub.address + one.path);
    await settle(page);
    await look(page, one.name);
  }
}

test("axe finds nothing on any page; none asks elsewhere or breaks the policy", async () => {
  const found = [];
  await eachPage("zh", async (page, name) => {
    found.push(...(await axe(page, name)));
    for (const text of page.violations.splice(0)) found.push(`${name}: ${text}`);
    for (const url of page.foreign.splice(0)) found.push(`${name}: asks ${url}`);
  });
  assert.deepEqual(found, []);
});

// How much of the page is beyond the window. Drawings and tables are fitted a moment after the window has changed: they have time for it.
async function widthOver(page) {
  const over = () => page.evaluate(() => document.querySelector("main").scrollWidth - document.querySelector("main").clientWidth);
  for (const end = Date.now() + 20_000; (await over()) > 1 && Date.now() < end;) await page.waitForTimeout(60);
  return over();
}

// English is the longer of the two.
test("at 125 % on 1366 x 768 no page is wider than the window, in English", async () => {
  const wide = [];
  await eachPage("en", async (page, name) => {
    await page.setViewportSize({ width: 1093, height: 614 });
    const over = await widthOver(page);
    if (over > 1) wide.push(`${name}: ${over} px`);
  });
  assert.deepEqual(wide, []);
});

test("on a telephone of 390 x 844, and at 150 % on 1366 x 768, review, findings and overview fit, and the decision is in sight", async () => {
  const wide = [];
  const windows = [
    { width: 390, height: 844 },
    { width: 911, height: 512 },
  ];
  const fits = ["review", "proposals", "proposal", "findings", "finding", "gaps", "person"];
  await eachPage("zh", async (page, name) => {
    if (!fits.includes(name)) return;
    for (const size of windows) {
      await page.setViewportSize(size);
      const over = await widthOver(page);
      if (over > 1) wide.push(`${name} at ${size.width}: ${over} px`);
      if (name !== "review") continue;
      const confirm = await page.getByRole("button", { name: "确认" }).boundingBox();
      const compared = await page.locator(".case-column").boundingBox();
      if (confirm.x + confirm.width > size.width || confirm.y + confirm.height > size.height) wide.push(`确认 at ${size.width}`);
      if (compared.width < size.width * 0.6) wide.push(`the case is ${compared.width} px wide at ${size.width}`);
    }
    await page.setViewportSize({ width: 1366, height: 768 });
  });
  assert.deepEqual(wide, []);
});

test("axe finds nothing in the dialogs of the review page", async () => {
  const page = await openAs(browser, hub, "officer", "/review");
  await page.locator("article.case").waitFor();
  const found = [];
  const look = async (name) => {
    await page.getByRole("dialog").waitFor();
    await settle(page);
    found.push(...(await axe(page, name)));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  };
  await page.keyboard.press("?");
  await look("help");
  await page.keyboard.press("r");
  await look("reveal");
  await page.getByRole("button", { name: "批量决定" }).click();
  await look("bulk");
  assert.deepEqual(found, []);
});

test("axe finds nothing in the dialog that answers many findings, nor in the list where some are chosen", async () => {
  const page = await openAs(browser, hub, "officer", "/findings");
  await settle(page);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const found = await axe(page, "chosen");
  await page.locator(".chosen-bar").getByRole("button", { name: "登记处理意见" }).click();
  await page.getByRole("dialog").waitFor();
  await settle(page);
  found.push(...(await axe(page, "answers")));
  assert.deepEqual(found, []);
});

test("the keyboard alone leads from the first key to the content and to every place", async () => {
  const page = await openAs(browser, hub, "officer", "/findings");
  await settle(page);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "跳到正文");
  await page.keyboard.press("Enter");
  await page.locator("main#main:focus").waitFor();
  let places = 0; // elements, not texts: many look alike
  for (let i = 0; i < 40; ++i) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const outline = getComputedStyle(element).outlineStyle;
      (window.__places ??= new Set()).add(element);
      return {
        what: element.tagName + element.className,
        seen: outline !== "none" || element.tagName === "INPUT",
        places: window.__places.size,
      };
    });
    assert.ok(at.seen, `the focus cannot be seen on ${at.what}`);
    places = at.places;
  }
  assert.ok(places > 25, `the focus goes round ${places} places only`);
});
