// A department's officer sends a file: what the hub makes of it, corrected, tried, loaded; its receipt; and what is refused.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { call, openAs, openBrowser, settle } from "./browser.mjs";
import { Hub, ROOT } from "./hub.mjs";

const CASES = join(ROOT, "tests/adapters/cases/intake");
const ROSTER = join(CASES, "城乡低保对象花名册2026年10月.xls");

let hub, browser;
before(async () => {
  hub = await Hub.start({ district: false });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const look = process.env.RELIEF_LOOK; // a folder for pictures
let shots = 0;
async function shot(page, name) {
  if (!look) return;
  await page.waitForTimeout(300);
  await page.setViewportSize({ width: 1366, height: 1400 });
  await page.screenshot({ path: join(look, `${String(++shots).padStart(2, "0")}-${name}.png`) });
  await page.setViewportSize({ width: 1366, height: 768 });
}

const state = (page) => page.locator(".page-head .ant-tag");
const uploadOf = async (page) => (await call(page, "IntakeService/GetUpload", { uploadId: page.url().split("/").pop() })).body;

async function send(page, file) {
  await page.goto(`${hub.address}/intake`);
  await settle(page);
  await page.getByLabel("把文件拖到这里，或点击选择文件").setInputFiles(file);
  await page.waitForURL(/\/intake\/U-/);
}

async function choose(page, label, option) {
  await page.getByLabel(label, { exact: true }).click();
  await page.keyboard.type(option);
  await page.locator(`.ant-select-item-option[title="${option}"]:visible`).click();
}

test("a roster as the county has it: table found, dry run, loaded, and in the history with its receipt", async () => {
  const page = await openAs(browser, hub, "officer", "/intake");
  await settle(page);
  await page.getByText("还没有报送过文件").waitFor();
  await shot(page, "empty");
  await send(page, ROSTER);
  await state(page).getByText("待确认列对应").waitFor();
  await shot(page, "table-found");
  const asked = await uploadOf(page);
  assert.equal(asked.tables[0].programme, "MINIMUM_LIVING");
  const text = await page.locator("main").innerText();
  assert.doesNotMatch(text, /\d{15}/, "samples are masked");
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await state(page).getByText("待导入").waitFor();
  await shot(page, "tried");
  assert.equal((await call(page, "FeedService/ListSources", {})).body.sources ?? 0, 0, "nothing is loaded yet");
  if (!look) assert.deepEqual(page.violations.splice(0), []); // a picture, and antd's lock of a dialog's background, ask for styles
  await page.getByRole("button", { name: "导入", exact: true }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: "导 入" })
    .or(page.getByRole("dialog").getByRole("button", { name: "导入" }))
    .click();
  await state(page).getByText("已导入").waitFor();
  await page.getByRole("heading", { name: "导入回执" }).waitFor();
  await shot(page, "receipt");
  const loaded = await uploadOf(page);
  assert.ok(Number(loaded.tables[0].outcome.accepted) > 0);
  const { sources } = (await call(page, "FeedService/ListSources", {})).body;
  assert.equal(sources[0].liveRecords, loaded.tables[0].outcome.accepted);
  await page.getByRole("link", { name: "返回数据报送" }).click();
  await page.getByRole("cell", { name: /新增或变更/ }).waitFor();
  await shot(page, "history");
  assert.deepEqual(page.foreign, []);
});

// Made-up people with numbers that are well formed.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
function person(i) {
  const digits = `37130219500314${String(200 + i)}`;
  const sum = [...digits].reduce((all, digit, at) => all + Number(digit) * WEIGHTS[at], 0);
  return `钱桂${"甲乙丙丁戊己庚辛壬癸"[i]},${digits}${"10X98765432"[sum % 11]}`;
}
const monthly = (month, people) =>
  `\ufeff双溪镇2026年${month}月特困人员供养名册\n姓名,身份证号,供养金\n` +
  Array.from({ length: people }, (_, i) => `${person(i)},915\n`).join("");

async function load(page) {
  await page.getByRole("button", { name: "导入", exact: true }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^导\s?入$/ })
    .click();
  await state(page).getByText("已导入").waitFor();
}

test("lists of months: the dry run says who would end, and whoever is no longer on the list has ended with its month", async () => {
  const page = await openAs(browser, hub, "officer", "/intake");
  await send(page, hub.file("特困八月.csv", monthly(8, 10)));
  await state(page).getByText("待确认列对应").waitFor();
  await choose(page, "怎样看待这张表", "在保名册");
  await page.getByRole("button", { name: "按以上修改重新识别" }).click();
  await page.getByText("表中是当月全部在保对象").waitFor();
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await state(page).getByText("待导入").waitFor();
  await load(page);
  await send(page, hub.file("特困九月.csv", monthly(9, 9)));
  await page.getByText("表中是当月全部在保对象").waitFor(); // as last time
  await page.getByText("2026-09").waitFor();
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await state(page).getByText("待导入").waitFor();
  await page.getByText("停保 1 条").waitFor();
  await shot(page, "would-end");
  assert.equal((await call(page, "FeedService/GetSource", { sourceId: "extreme_poverty" })).body.liveRecords, "10", "nobody has ended yet");
  await load(page);
  await page.getByText("停保 1 条").waitFor();
  assert.equal((await call(page, "FeedService/GetSource", { sourceId: "extreme_poverty" })).body.liveRecords, "9");
});

test("what a load would open is said before it, column by column, and is what it then opens", async () => {
  const page = await openAs(browser, hub, "officer", "/intake");
  await send(page, hub.file("火化.csv", `\ufeff双溪镇火化人员名单\n姓名,身份证号,死亡日期\n${person(1)},2026-03-01\n`));
  await state(page).getByText("待确认列对应").waitFor();
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await state(page).getByText("待导入").waitFor();
  await page.getByRole("columnheader", { name: "将新增线索" }).waitFor();
  await page
    .getByRole("row", { name: /身份证号/ })
    .first()
    .waitFor();
  await shot(page, "would-open");
  const { rules } = (await uploadOf(page)).result;
  await load(page);
  await page.getByRole("columnheader", { name: "新增线索", exact: true }).waitFor();
  await shot(page, "opened");
  const loaded = (await uploadOf(page)).result;
  assert.deepEqual(loaded.rules, rules);
  assert.equal(loaded.sources[0].baseline, true);
});

test("the same content again is told, and loads only where somebody insists", async () => {
  const page = await openAs(browser, hub, "officer", "/intake");
  await send(page, { name: "另一个名字.xls", mimeType: "application/vnd.ms-excel", buffer: readFileSync(ROSTER) });
  await page.getByText("同样内容的文件已经导入过").waitFor();
  await shot(page, "same-content");
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await page.getByRole("button", { name: "仍然导入" }).waitFor();
});

test("an unknown column is asked about; what the officer says of it counts, and a bad row comes back as a workbook", async () => {
  const page = await openAs(browser, hub, "officer", "/intake");
  const rows = Array.from({ length: 30 }, (_, i) => `李伟${i},37130219500314${String(1000 + i)},P${i},650.00,2026-0${1 + (i % 9)}`);
  rows.push("赵国庆,371302195003149999,P99,六百五十元多一点,2026-01");
  const file = hub.file("十月名单.csv", `\ufeff甲,身份证号,丙,月保障金,起始年月\n${rows.join("\n")}\n合计,,,19500,\n`);
  await send(page, file);
  await state(page).getByText("待确认列对应").waitFor();
  await shot(page, "asked");
  await choose(page, "对应为 甲", "姓名");
  await choose(page, "对应为 丙", "不使用");
  await page.getByRole("button", { name: "按以上修改重新识别" }).click();
  await page.getByRole("row", { name: /甲/ }).getByText("人工指定").waitFor();
  await shot(page, "corrected");
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await state(page).getByText("待导入").waitFor();
  await page.getByText("未接收的原因").waitFor();
  await page.getByText("“月保障金”列：不是金额，应以元为单位，最多两位小数").waitFor();
  await shot(page, "rejected-rows");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "下载未接收的行" }).click()]);
  assert.equal(download.suggestedFilename(), "十月名单-未接收的行.xlsx");
  await page.getByRole("button", { name: "返回修改列对应" }).click();
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await state(page).getByText("待导入").waitFor();
  const tried = await uploadOf(page);
  assert.equal(tried.tables[0].outcome.rejected, "1");
  assert.equal(tried.tables[0].outcome.totals, "1");
  await page.getByRole("button", { name: "放弃" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /放\s?弃/ })
    .click();
  await state(page).getByText("已放弃").waitFor();
});

test("a closed browser: the sending goes on from what the hub has, with the same file", async () => {
  let page = await openAs(browser, hub, "officer", "/intake");
  const lines = Array.from({ length: 40_000 }, (_, i) => `李伟,${i},650.00,2026-01,某某街道某某社区第${i}号`);
  const path = hub.file("大名册.csv", `低保名册\n姓名,低保证号,月保障金,起始年月,家庭住址\n${lines.join("\n")}\n`);
  let parts = 0;
  await page.route("**/AppendUpload", (route) => (++parts > 2 ? undefined : route.continue())); // the rest never leaves
  await send(page, path);
  await page.waitForFunction(() => document.querySelector(".ant-progress-text")?.textContent !== "0%");
  await shot(page, "sending");
  const address = page.url();
  await page.close();
  page = await openAs(browser, hub, "officer", new URL(address).pathname);
  await page.getByText("上传中断").waitFor();
  await shot(page, "interrupted");
  const other = hub.file("别的.csv", "姓名\n");
  await page.getByLabel("继续上传").setInputFiles(other);
  await page.getByText("不是同一个文件").waitFor();
  await page.getByLabel("继续上传").setInputFiles(path);
  await state(page).getByText("待确认列对应").waitFor();
  await page.getByRole("button", { name: "确认，试导入" }).click();
  await page.getByText("可以关闭本页").waitFor();
  await shot(page, "working");
  await page.goto(`${hub.address}/intake`); // it goes on
  await page
    .getByRole("row", { name: /大名册/ })
    .getByText("待导入")
    .waitFor();
});

test("a file that is no table says so in one sentence", async () => {
  const page = await openAs(browser, hub, "officer", "/intake");
  const path = hub.file("通知.xlsx", "%PDF-1.7 a document");
  await send(page, path);
  await page.getByText(/这是 PDF 文件/).waitFor();
  await shot(page, "no-table");
});

test("templates can be downloaded for each programme", async () => {
  const page = await openAs(browser, hub, "officer", "/intake");
  await settle(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "临时救助" }).click()]);
  assert.equal(download.suggestedFilename(), "临时救助导入模板.xlsx");
  writeFileSync(join(hub.directory, "template.xlsx"), readFileSync(await download.path()));
  await send(page, join(hub.directory, "template.xlsx"));
  await state(page).waitFor();
});

test("whoever has no business with feeds finds no such page", async () => {
  const page = await openAs(browser, hub, "supervisor", "/intake");
  await page.getByText("您的角色没有此项权限").waitFor();
  await shot(page, "no-right");
  const { status } = await call(page, "IntakeService/ListUploads", {});
  assert.equal(status, 403);
});
