// From a number of the gap report to the rows behind it, and out as a file that says what it holds.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
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

async function supervisorAt(path) {
  const page = await openAs(browser, hub, "supervisor", path);
  await settle(page);
  return page;
}

// The sheets of a workbook as rows of text, read without the library that wrote them.
function sheetsOf(file) {
  const script = `
import json, sys, xml.etree.ElementTree as X, zipfile
N = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
book = zipfile.ZipFile(sys.argv[1])
read = lambda name: X.fromstring(book.read(name))
shared = "xl/sharedStrings.xml" in book.namelist()
texts = ["".join(t.text or "" for t in one.iter(N + "t")) for one in read("xl/sharedStrings.xml")] if shared else []
def value(cell):
    if cell.get("t") == "inlineStr": return "".join(t.text or "" for t in cell.iter(N + "t"))
    v = cell.find(N + "v")
    return "" if v is None else texts[int(v.text)] if cell.get("t") == "s" else v.text
names = [sheet.get("name") for sheet in read("xl/workbook.xml").iter(N + "sheet")]
sheets, formulas = {}, 0
for i, name in enumerate(names, 1):
    sheet = read(f"xl/worksheets/sheet{i}.xml")
    formulas += len(list(sheet.iter(N + "f")))
    sheets[name] = [[value(cell) for cell in row] for row in sheet.iter(N + "row")]
print(json.dumps({"sheets": sheets, "formulas": formulas}))
`;
  return JSON.parse(execFileSync("python3", ["-c", script, file], { encoding: "utf8" }));
}

test("a number of the matrix leads to the findings that it counts", async () => {
  const page = await supervisorAt("/gaps?view=matrix");
  const cell = page.locator("table.matrix td a").first();
  const shown = Number(await cell.innerText());
  assert.ok(shown > 0);
  await cell.click();
  await page.waitForURL(/\/findings\?.*rule=.*region=|\/findings\?.*region=.*rule=/);
  await page.locator("tr.opens").first().waitFor();
  assert.equal(await page.locator("tr.opens").count(), Math.min(50, shown));
  const rule = new URL(page.url()).searchParams.get("rule");
  for (const row of await page.locator("tr.opens td:first-child .small").allInnerTexts()) assert.ok(row.startsWith(rule), row);
});

test("regions are drilled into and left by the breadcrumb, and the address keeps the place", async () => {
  const page = await supervisorAt("/gaps?region=371302");
  await page.locator("[aria-current=page]", { hasText: "兰山区" }).waitFor();
  await page.getByRole("button", { name: "山东省" }).click();
  await page.waitForURL(/region=37$|region=37&/);
  await page.reload();
  await page.locator("[aria-current=page]", { hasText: "山东省" }).waitFor();
});

test("the report goes out as a workbook: the same figures, and a sheet with the filter, the time and the user", async () => {
  const page = await supervisorAt("/gaps?view=matrix&rule=M01");
  const shown = await page.locator("table.matrix td a").allInnerTexts();
  await page.getByRole("button", { name: "导出" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "导出 XLSX" }).click()]);
  assert.match(download.suggestedFilename(), /^gap-report-[\d-]+\.xlsx$/);
  const file = join(hub.directory, "report.xlsx");
  await download.saveAs(file);
  const { sheets, formulas } = sheetsOf(file);
  assert.equal(formulas, 0);
  assert.deepEqual(Object.keys(sheets), ["数据", "说明"]);
  const [head, ...rows] = sheets["数据"];
  const of = (name) => head.indexOf(name);
  const cells = rows.filter((row) => row[of("规则")] === "M01" && row.length > 8);
  assert.ok(cells.length > 0);
  assert.ok(cells.every((row) => row[of("类别")] !== ""));
  assert.ok(rows.some((row) => row[0] === "合计"));
  assert.ok(shown.length <= cells.length, "what the page shows is in the file");
  const notes = Object.fromEntries(sheets["说明"].map(([name, text]) => [name, text]));
  assert.match(notes["导出人"], /supervisor/);
  assert.match(notes["导出时间"], /^\d{4}-\d{2}-\d{2} /);
  assert.match(notes["筛选条件"], /M01/);
});

test("what is withheld of a region is said to be, and nowhere given as 0", async () => {
  const page = await supervisorAt("/gaps");
  const panel = page.locator("section.panel", { hasText: "各区划的问题线索" });
  await panel.getByText("数据表").click();
  const heads = await panel.locator("thead th").allInnerTexts();
  const rows = await panel.locator("tbody tr").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.innerText)));
  const groups = { groupBy: ["BY_KIND", "BY_REGION"], regionDigits: 6, disclosure: "DISCLOSURE_FULL" };
  const { status, body } = await call(page, "ReportService/GetGapReport", groups);
  assert.equal(status, 200);
  const kindsOf = new Map(); // how many kinds each county has in truth
  for (const { regionPrefix, figures } of body.rows) if (figures.findings) kindsOf.set(regionPrefix, (kindsOf.get(regionPrefix) ?? 0) + 1);
  const shown = rows.map(([, ...cells]) => cells.filter((cell) => cell !== "0").length).sort();
  assert.deepEqual(shown, [...kindsOf.values()].sort());
  assert.ok(rows.flat().includes("不公开"), `small figures are among ${heads.join(" ")}`);
});

test("first of all a supervisor reads what is overdue, where and of what there is most, and which sources are late", async () => {
  const page = await supervisorAt("/gaps");
  const lines = page.locator(".headlines li");
  await lines.first().waitFor();
  const text = (await lines.allInnerTexts()).join("\n");
  assert.match(text, /逾期/);
  assert.match(text, /最多的区划：\S+?，(至少 )?\d+ 条/);
  assert.match(text, /个来源/);
  // Which rule stands out is told only where its figures are public; what is overdue always is.
  await page.locator(".headlines").getByRole("link").last().click();
  await page.waitForURL(/\/findings\?.*(rule|overdue)=|view=feeds/);
});

test("a role that may not take data out is refused the file", async () => {
  const page = await openAs(browser, hub, "officer", "/gaps?view=matrix");
  await settle(page);
  assert.equal(await page.getByRole("button", { name: "导出" }).count(), 0);
});
