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

test("J and K walk through the list, Enter opens, next and previous go on in it, and back is where one was", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?order=amount");
  await settle(page);
  const ids = (
    await call(page, "FindingService/ListFindings", { filter: { states: ["OPEN"] }, orderBy: "AMOUNT_DESCENDING", pageSize: 50 })
  ).body.findings.map(({ findingId }) => findingId);
  const shown = (id) => page.waitForURL(new RegExp(`/findings/${id}$`));
  for (let i = 0; i < 30; ++i) await page.keyboard.press("j");
  await page.keyboard.press("k");
  assert.equal(await page.locator("tr.here").count(), 1);
  await page.keyboard.press("Enter");
  await shown(ids[28]);
  await page.getByText("第 29 条").waitFor();
  await page.keyboard.press("j");
  await shown(ids[29]);
  await page.getByRole("button", { name: "上一条" }).click();
  await shown(ids[28]);
  await page.getByRole("button", { name: "下一条" }).click();
  await shown(ids[29]);
  await page.getByRole("link", { name: "返回列表" }).click();
  await page.waitForURL(/order=amount/);
  await page.waitForFunction(() => document.querySelector("main").scrollTop > 300);
  const row = page.locator("tr.here");
  assert.ok((await row.locator("a").getAttribute("href")).endsWith(ids[29]), "the row that was looked at last is marked");
  const { y, height } = await row.boundingBox();
  assert.ok(y >= 0 && y + height <= 768, "and in sight");
});

test("several findings are answered at once: chosen by X and by mouse, looked over, and each has the answer", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?kind=DUPLICATE");
  await settle(page);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.locator("td.choose input").nth(2).check();
  await page.getByText("已选 2 条").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".chosen-bar").getByRole("button", { name: "登记处理意见" }).click();
  const dialog = page.getByRole("dialog", { name: "登记处理意见（2 条）" });
  const ids = await dialog.locator("tbody .code").allInnerTexts();
  assert.equal(ids.length, 2);
  await dialog.getByLabel("处理意见", { exact: true }).click();
  await page.getByTitle("已受理").click();
  await dialog.getByLabel(/^说明/).fill("已转乡镇核实");
  await dialog.getByRole("button", { name: "登记", exact: true }).click();
  await page.getByText("已为 2 条登记处理意见").waitFor();
  await page.locator(".chosen-bar").waitFor({ state: "detached" });
  for (const findingId of ids) {
    const { dispositions } = (await call(page, "FindingService/GetFinding", { findingId })).body;
    assert.deepEqual([dispositions.at(-1).outcome, dispositions.at(-1).note], ["ACKNOWLEDGED", "已转乡镇核实"]);
  }
});

test("what the hub refuses of many answers stays chosen, with the reason", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?kind=MISSING");
  await settle(page);
  await page.locator("td.choose input").nth(0).check();
  await page.locator("td.choose input").nth(1).check();
  let asked = 0;
  await page.route(/FindingService\/AddDisposition$/, (route) =>
    ++asked === 1 ? route.fulfill({ status: 403, json: { code: "permission_denied", message: "no" } }) : route.continue(),
  );
  await page.locator(".chosen-bar").getByRole("button", { name: "登记处理意见" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("处理意见", { exact: true }).click();
  await page.getByTitle("已受理").click();
  await dialog.getByRole("button", { name: "登记", exact: true }).click();
  await dialog.getByText(/1 条没有登记/).waitFor();
  assert.equal(await dialog.locator("tbody tr").count(), 1);
  await dialog.getByText("您的角色没有此项权限").waitFor();
  await dialog.getByRole("button", { name: "登记", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.equal(asked, 3, "what was saved is not sent again");
});

test("a number leads straight to its finding, a person's to theirs, and a heading orders the list", async () => {
  const page = await openAs(browser, hub, "officer", "/findings");
  await settle(page);
  const [{ findingId, personId }] = await listOf(page, { kinds: ["DUPLICATE"], states: ["OPEN"] });
  const box = page.getByRole("textbox", { name: /按编号查找/ });
  await box.fill("王小明");
  await box.press("Enter");
  await page.getByText("不是线索或人员编号").waitFor();
  await box.fill(personId.toLowerCase());
  await box.press("Enter");
  await page.waitForURL(new RegExp(`person=${personId}`));
  await box.fill(` ${findingId.toLowerCase()}`);
  await box.press("Enter");
  await page.waitForURL(new RegExp(`/findings/${findingId}$`));
  await page.goto(`${hub.address}/findings`);
  await page.getByRole("button", { name: "涉及金额" }).click();
  await page.waitForURL(/order=amount/);
  await page.locator("th[aria-sort=descending]").getByText("涉及金额").waitFor();
});

test("the list that is seen goes out as a workbook, for those who may take data out", async () => {
  const page = await openAs(browser, hub, "supervisor", "/findings?rule=D01");
  await settle(page);
  assert.equal(await page.locator("td.choose").count(), 0, "who may not answer has nothing to choose");
  await page.getByRole("button", { name: "导出" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "导出 XLSX" }).click()]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  const officer = await openAs(browser, hub, "officer", "/findings");
  await settle(officer);
  assert.equal(await officer.getByRole("button", { name: "导出" }).count(), 0);
});

test("terms are counted from the hub's day, also where the browser's clock is wrong", async () => {
  const page = await openAs(browser, hub, "officer", "/findings");
  await settle(page);
  const terms = () => page.locator("tr.opens td[data-title=状态]").allInnerTexts();
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

test("a gap is taken on after a word on what it means, and handed over at once where wanted", async () => {
  const page = await openAs(browser, hub, "officer", "/findings?kind=MISSING");
  await page.locator("tr.opens a").last().click();
  await page.getByRole("button", { name: "受理并转介" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("首问负责：受理后由您一直负责到有结果").waitFor();
  const findingId = page.url().split("/").pop();
  assert.equal((await call(page, "FindingService/GetFinding", { findingId })).body.referralId, undefined, "nothing yet");
  await dialog.getByRole("checkbox", { name: "受理后立即转往应办理的部门" }).check();
  await dialog.getByLabel(/^说明/).fill("电话联系本人，愿意申请");
  await dialog.getByRole("button", { name: "受理并转介" }).click();
  await page.waitForURL(/\/referrals\/R/);
  const referralId = page.url().split("/").pop();
  const { body } = await call(page, "ReferralService/GetReferral", { referralId });
  assert.deepEqual([body.state, body.taker], ["HANDED_OVER", "console:officer"]);
  assert.ok(body.target.programme);
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
