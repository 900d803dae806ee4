// Whatever a department writes into a name is text: nothing of it runs, loads or breaks out, on any page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, openAs, openBrowser, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";

const EVIL = [
  "<script>window.ran=1</script>",
  "<img src=x onerror=window.ran=1>",
  '"><svg onload=window.ran=1>',
  "javascript:window.ran=1",
  "<iframe srcdoc='<script>parent.ran=1</script>'>",
  "'-window.ran=1-'",
  "{{constructor.constructor('window.ran=1')()}}",
  "<a href=javascript:window.ran=1>王</a>",
  "</title><script>window.ran=1</script>",
  "<style>@import'//evil.example/x'</style>",
  "<math><mtext></table><mglyph><style><img src=x onerror=window.ran=1>",
  '=HYPERLINK("http://evil.example","王")',
];

let hub, browser;
before(async () => {
  hub = await Hub.start({ district: false });
  const quote = (text) => `"${text.replaceAll('"', '""')}"`;
  const head =
    "记录编号,低保家庭编号,与户主关系,姓名,性别,身份证号码,出生日期,联系电话,家庭住址,发放地区划代码,保障起始年月,保障停止年月,月保障金(元)";
  const rows = EVIL.map((evil, i) =>
    [`X${i}`, `H${i}`, evil, evil, "男", "", "1960-01-02", "13800000000", evil, "371302", "2026-01", "", "300"].map(quote).join(","),
  );
  hub.load(hub.file("minimum_living.csv", [head, ...rows, ""].join("\r\n")));
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

test("names that are programs stay text on the person page", async () => {
  const page = await openAs(browser, hub, "officer");
  const { body } = await call(page, "FeedService/ListSources", {});
  const [source] = body.sources;
  let shown = 0;
  for (const [i, evil] of EVIL.entries()) {
    await page.goto(`${hub.address}/person?source=${source.sourceId}&record=X${i}&purpose=AUDIT`);
    await settle(page);
    if ((await page.getByRole("heading", { name: "身份信息" }).count()) === 0) continue; // the hub took the name for none, and rejected it
    ++shown;
    assert.equal(await page.evaluate(() => window.ran), undefined, evil);
    assert.equal(await page.locator("main iframe, main script, main svg[onload]").count(), 0, evil);
  }
  assert.ok(shown >= EVIL.length / 2, `only ${shown} of the names were accepted`);
  assert.deepEqual(page.violations, []);
  assert.deepEqual(page.foreign, []);
});

test("what is written in the address stays text", async () => {
  const page = await openAs(browser, hub, "officer");
  for (const evil of EVIL.slice(0, 4)) {
    const text = encodeURIComponent(evil);
    for (const path of [
      `/findings?person=${text}&rule=${text}&region=${text}`,
      `/findings/${text}`,
      `/review?case=${text}&kind=${text}`,
      `/person?id=${text}&purpose=AUDIT`,
      `/gaps?region=${text}&fm=${text}`,
      `/referrals/${text}`,
    ]) {
      await page.goto(hub.address + path);
      await page.locator("main#main > *").first().waitFor({ state: "attached" });
      assert.equal(await page.evaluate(() => window.ran), undefined, path);
    }
  }
  assert.deepEqual(page.violations, []);
  assert.deepEqual(page.foreign, []);
});
