import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, openAs, openBrowser, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";

let hub, browser;
before(async () => {
  hub = await Hub.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const listOf = async (page, filter) => (await call(page, "FindingService/ListFindings", { filter, pageSize: 1000 })).body.findings ?? [];

test("the filter stands in the address: a link shows the same rows, and the back button the rows before", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?kind=DUPLICATE&rule=D01");
  await settle(page);
  const wanted = await listOf(page, { kinds: ["DUPLICATE"], ruleIds: ["D01"], states: ["OPEN"] });
  assert.ok(wanted.length > 0);
  await page.locator("tr.opens").first().waitFor();
  assert.equal(await page.locator("tr.opens").count(), Math.min(50, wanted.length));
  await page.getByRole("button", { name: "清除筛选" }).click();
  await page.waitForURL(`${hub.address}/findings`);
  await page.goBack();
  await page.waitForURL(/kind=DUPLICATE/);
  await page.waitForFunction((n) => document.querySelectorAll("tr.opens").length === n, Math.min(50, wanted.length));
});

test("terms are counted from the hub's day, also where the browser's clock is wrong", async () => {
  const page = await openAs(browser, hub, "officer", "/findings");
  await settle(page);
  const terms = () => page.locator("tr.opens td:nth-child(7)").allInnerTexts();
  const right = await terms();
  assert.ok(right.some((text) => /还有 \d+ 天|今天到期/.test(text)));
  await page.clock.setFixedTime("2027-03-01T09:00:00+08:00");
  await page.reload();
  await page.locator("tr.opens").first().waitFor();
  await settle(page);
  assert.deepEqual(await terms(), right);
});

test("an officer answers a finding, and the answer is in its history", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?rule=D01");
  await page.locator("tr.opens a").first().click();
  await page.getByRole("button", { name: "登记处理意见" }).click();
  await page.getByLabel("处理意见", { exact: true }).click();
  await page.getByTitle("属实但合规").click();
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await page.getByText("请选择原因").waitFor(); // what is allowed must say why
  await page.getByLabel("原因").click();
  await page.getByTitle("政策允许").click();
  await page.getByLabel(/^说明/).fill("补差发放");
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await page.locator(".answer").getByText("属实但合规").waitFor();
  await page.locator(".history").getByText("部门答复").waitFor();
  const id = page.url().split("/").pop();
  const { body } = await call(page, "FindingService/GetFinding", { findingId: id });
  assert.equal(body.dispositions.at(-1).outcome, "NOT_A_PROBLEM");
  assert.equal(body.dispositions.at(-1).reason, "ALLOWED_BY_LAW");
});

test("an answer that was begun is there again when the page is loaded anew", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?rule=D01");
  await page.locator("tr.opens a").last().click();
  await page.getByRole("button", { name: "登记处理意见" }).click();
  await page.getByLabel(/^说明/).fill("已电话核实，待补材料");
  await page.reload();
  await page.getByLabel(/^说明/).waitFor();
  assert.equal(await page.getByLabel(/^说明/).inputValue(), "已电话核实，待补材料");
  await page.getByRole("button", { name: "取消" }).click();
  await page.reload();
  await page.getByRole("button", { name: "登记处理意见" }).waitFor();
});

test("from a finding to its person: look-ups carry the finding as their purpose, and numbers are masked", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?rule=D01");
  await page.locator("tr.opens a").first().click();
  await page.locator("tr.marked").first().waitFor();
  await page.getByRole("link", { name: "查看此人" }).click();
  await page.waitForURL(/purpose=FINDING&case=F-/);
  await page.getByRole("heading", { name: "救助时间线" }).waitFor();
  const text = await page.locator("main").innerText();
  assert.match(text, /\d{3}\*{10,}/);
  assert.doesNotMatch(text, /(?<!\d)\d{17}[\dX](?!\d)/);
});

test("without a stated purpose nobody is looked up", async () => {
  const page = await openAs(browser, hub, "officer");
  const asked = [];
  page.on("request", (request) => request.url().includes("RegistryService") && asked.push(request.url()));
  await page.goto(`${hub.address}/person?id=P-1`);
  await page.getByText("填写查询目的后查看").waitFor();
  assert.deepEqual(asked, []);
});
