import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, openAs, openBrowser, openWindow, settle } from "./browser.mjs";
import { Hub, PASSWORD } from "./hub.mjs";
import { as } from "./work.mjs";

// One officer decides here all day: the money and the cases that they have decided alone never ask for a second person, whatever the
// district holds and whichever tests ran before (four_eyes.test.mjs has the policy as it is).
const ALONE = "review { approval_over_fen: -1 approval_bulk_over: -1 }";

let hub, browser;
before(async () => {
  hub = await Hub.start({ config: ALONE });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const conflictsOf = async (page) => (await call(page, "ReviewService/ListConflicts", { pageSize: 1000 })).body.conflicts ?? [];
const decisionsOf = async (page) => (await call(page, "ReviewService/ListDecisions", { pageSize: 1000 })).body.decisions ?? [];
const otherCase = (page, was) =>
  page.waitForFunction((id) => ![null, undefined, id].includes(document.querySelector("article.case")?.getAttribute("data-conflict")), was);
const saved = (page) => page.locator(".ant-message").getByText("已决定").first().waitFor();
const shownCase = (page) => page.locator("article.case").getAttribute("data-conflict");

async function officerAtQueue(user = "officer", path = "/review") {
  const page = await openAs(browser, hub, user, path);
  await page.locator("article.case").waitFor();
  await settle(page);
  return page;
}

test("a conflict is decided by keyboard alone, the next case is there, and Z takes it back", async () => {
  const page = await officerAtQueue();
  const before = await conflictsOf(page);
  const first = await shownCase(page);
  await page.keyboard.press("2");
  await page.locator("[data-verdict=different][aria-pressed=true]").waitFor();
  await page.keyboard.press("Enter");
  await otherCase(page, first);
  await saved(page);
  const during = await conflictsOf(page);
  assert.ok(!during.some(({ conflictId }) => conflictId === first), "the conflict left the queue");
  const [decision] = await decisionsOf(page);
  assert.equal(decision.verdict, "DIFFERENT");
  assert.equal(decision.conflictId, first);

  await page.keyboard.press("z");
  await page.waitForFunction((was) => document.querySelector("article.case")?.getAttribute("data-conflict") === was, first);
  assert.deepEqual((await conflictsOf(page)).map(({ conflictId }) => conflictId).sort(), before.map(({ conflictId }) => conflictId).sort());
  const [undone] = await decisionsOf(page);
  assert.ok(undone.undoTime, "the decision stays in the history, taken back");
});

test("J and K walk through the queue, and keys rest while somebody types", async () => {
  const page = await officerAtQueue();
  const first = await shownCase(page);
  await page.keyboard.press("j");
  await otherCase(page, first);
  await page.keyboard.press("k");
  await page.waitForFunction((was) => document.querySelector("article.case")?.getAttribute("data-conflict") === was, first);
  await page.locator(".decision-bar .comment input").click();
  await page.keyboard.type("123 jz");
  assert.equal(await page.locator("[data-verdict][aria-pressed=true]").count(), 0);
  assert.equal(await shownCase(page), first);
  assert.equal(await page.locator(".decision-bar .comment input").inputValue(), "123 jz");
});

test("who does not wait loses no key: each decision is on the case that stood there, and no error comes between", async () => {
  const page = await officerAtQueue();
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name, responseEnd }) => /BatchGetCases$/.test(name) && responseEnd > 0),
  );
  await settle(page);
  const missed = [];
  page.on("response", (answer) => answer.status() >= 400 && missed.push(`${answer.status()} ${answer.url()}`));
  await page.evaluate(() => {
    window.seen = [];
    new MutationObserver(() => document.body.innerText.includes("已不在待复核之列") && window.seen.push("gone")).observe(document.body, {
      childList: true,
      subtree: true,
    });
  });
  const stood = [];
  const before = (await decisionsOf(page)).length;
  for (let i = 0; i < 4; ++i) {
    stood.push(await shownCase(page));
    await page.keyboard.press("3");
    await page.keyboard.press("Enter");
  }
  await page.waitForFunction(() => !document.querySelector(".lead")?.textContent.includes("正在保存"));
  const made = (await decisionsOf(page)).slice(0, -before || undefined).map(({ conflictId }) => conflictId);
  assert.equal(new Set(stood).size, 4);
  assert.deepEqual(made.slice(0, 4).sort(), stood.sort());
  assert.deepEqual(missed, []);
  assert.deepEqual(await page.evaluate(() => window.seen), []);
});

test("keys work after a click in the queue; S, a reason and Enter decide; Escape leaves a field", async () => {
  const page = await officerAtQueue();
  const items = page.locator(".queue-item");
  const first = await shownCase(page);
  await items.nth(1).click();
  await otherCase(page, first);
  const second = await shownCase(page);
  await page.keyboard.press("/");
  await page.keyboard.press("s");
  await page.locator(".decision-bar input:focus").waitFor();
  await page.keyboard.type("3");
  await page.keyboard.press("Escape");
  await page.keyboard.press("3");
  await page.locator("[data-verdict=unsure][aria-pressed=true]").waitFor();
  await page.keyboard.press("s");
  await page.keyboard.type("再核");
  await page.keyboard.press("Enter");
  await otherCase(page, second);
  await page.locator(".ant-message").getByText("已记为不确定").waitFor();
  assert.equal(await page.locator(".ant-message-notice").count(), 1, "one toast, replaced");
  const [decision] = await decisionsOf(page);
  assert.equal(decision.conflictId, second);
  assert.equal(decision.comment, "3再核");
  await page.keyboard.press("2");
  assert.equal(await page.locator("[data-verdict=different][aria-pressed=true]").count(), 1, "the next key is a key again");
});

test("a verdict and its reason outlast the session: they are there again after logging in, and for nobody else", async () => {
  const page = await openWindow(browser, hub); // not the one that the other tests are logged in with
  const enter = async () => {
    await page.locator("input[autocomplete=username]").fill("officer");
    await page.locator("input[autocomplete=current-password]").fill(PASSWORD);
    await page.locator("button[type=submit]").click();
  };
  await page.goto(`${hub.address}/review`);
  await enter();
  await page.locator("article.case").waitFor();
  await settle(page);
  const id = await shownCase(page);
  await page.keyboard.press("2");
  await page.keyboard.press("s");
  await page.keyboard.type("户口簿显示为姐妹");
  await page.context().clearCookies();
  await page.keyboard.press("Enter");
  await enter();
  await page.locator(`article.case[data-conflict="${id}"]`).waitFor();
  await page.locator("[data-verdict=different][aria-pressed=true]").waitFor();
  assert.equal(await page.locator(".decision-bar .comment input").inputValue(), "户口簿显示为姐妹");
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.locator("input[autocomplete=username]").waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify({ ...sessionStorage }).includes("姐妹")), false);
});

test("the next case was read before it is asked for", async () => {
  const page = await officerAtQueue();
  const [, second] = await page.locator(".queue-item").all();
  assert.ok(second);
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name, responseEnd }) => /BatchGetCases$/.test(name) && responseEnd > 0),
  );
  await settle(page);
  const asked = [];
  page.on("request", (request) => /ReviewService\/GetCase$/.test(request.url()) && asked.push(request.url()));
  const first = await shownCase(page);
  await page.keyboard.press("j");
  await otherCase(page, first);
  assert.deepEqual(asked, []);
});

test("the keys take a case, reach comment, evidence, filter and help, and lead back to the queue from anywhere", async () => {
  const page = await officerAtQueue();
  const id = await shownCase(page);
  await page.keyboard.press("a");
  await page.getByText("由我处理至").waitFor();
  const { conflict } = (await call(page, "ReviewService/GetCase", { conflictId: id })).body;
  assert.equal(conflict.work.claimedBy, "console:officer");
  const other = await openAs(browser, hub, "approver", `/review?case=${id}`);
  await other.locator("article.case").getByText("officer 正在处理").waitFor();
  await other.close();

  await page.keyboard.press("e");
  await page.locator("#evidence:focus").waitFor();
  await page.keyboard.press("c");
  await page.keyboard.type("已电话核实");
  await page.keyboard.press("Enter");
  await page.locator(".history").getByText("已电话核实").waitFor();
  await page.keyboard.press("/");
  await page.locator("[role=search] :focus").waitFor({ state: "attached" }); // antd hides the radio that holds it
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "复核页快捷键" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("a");
  await page.locator(".case-work").getByText("领取").waitFor();

  await page.goto(`${hub.address}/findings`);
  await settle(page);
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  await page.waitForURL(`${hub.address}/review`);
});

test("who decides on what has changed meanwhile is told what, and nothing is saved", async () => {
  const mine = await officerAtQueue("officer");
  const theirs = await officerAtQueue("approver");
  const shown = await shownCase(mine);
  assert.equal(await shownCase(theirs), shown);
  await theirs.keyboard.press("2");
  await theirs.keyboard.press("Enter");
  await otherCase(theirs, shown);
  await saved(theirs);
  await mine.keyboard.press("1");
  await mine.keyboard.press("Enter");
  const dialog = mine.getByRole("dialog");
  await dialog.getByText("没有保存").first().waitFor();
  await dialog.getByText(/approver 已于 .* 决定：不同的人/).waitFor();
  await dialog.getByRole("button", { name: "重新查看" }).click();
  await mine.getByText("这条冲突已不在待复核之列").waitFor();
  const decisions = (await decisionsOf(mine)).filter(
    ({ conflictId, undoTime, verdict }) => conflictId === shown && !undoTime && verdict !== "UNSURE",
  );
  assert.deepEqual(
    decisions.map(({ verdict }) => verdict),
    ["DIFFERENT"],
  );
});

test("many are decided at once after a look at a sample, and taken back as one", async () => {
  const page = await officerAtQueue("officer", "/review?kind=SHARED_ID");
  const before = (await conflictsOf(page)).length;
  const meant = await page.locator(".queue-item").count();
  await page.getByRole("button", { name: "批量决定" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`共 ${meant} 件`).waitFor();
  assert.equal(await dialog.locator("tbody tr").count(), Math.min(10, meant));
  assert.ok(await dialog.getByRole("button", { name: "开始" }).isDisabled(), "not without a reason");
  await dialog.getByRole("textbox").fill("抽看均为登记错误");
  await dialog.getByRole("button", { name: "开始" }).click();
  await page.getByText(`完成 ${meant}，跳过 0，失败 0，共 ${meant}`).waitFor();
  assert.equal((await conflictsOf(page)).length, before - meant);
  await page.getByRole("button", { name: "整批撤销" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("再核");
  await page.getByRole("dialog").getByRole("button", { name: "整批撤销" }).click();
  await page.getByText("已整批撤销").waitFor();
  await page.getByText(/^撤销 J-/).waitFor();
  await page.waitForFunction(() => !document.body.innerText.includes("进行中"));
  assert.equal((await conflictsOf(page)).length, before);
});

test("a sample is judged blind: no score, no verdict, one answer for each person", async () => {
  const approver = await as(hub, "approver");
  const { sampleId } = await approver("ReviewService/DrawQualitySample", { size: 3, seed: 1 });
  const page = await openAs(browser, hub, "officer", `/review/quality/${sampleId}`);
  for (let left = 3; left > 0; --left) {
    await page.getByText(`还有 ${left} 对`).waitFor();
    assert.equal(await page.locator(".compare .bits").count(), 0);
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
  }
  await page.getByText("这份样本您已全部评完").waitFor();
  const { samples } = await approver("ReviewService/ListQualitySamples");
  assert.equal(samples[0].judgedOnce, 3);
});

test("a decision can be taken back from the history, by mouse, with a reason", async () => {
  const page = await officerAtQueue();
  const shown = await shownCase(page);
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await otherCase(page, shown);
  await saved(page);
  const [standing] = await decisionsOf(page); // the newest is the first, here and on the page
  assert.equal(standing.conflictId, shown);
  await page.goto(`${hub.address}/review/decisions`);
  await page.getByRole("row").filter({ hasText: "有效" }).getByRole("button", { name: "撤销" }).first().click();
  await page.getByRole("dialog").getByRole("textbox").fill("看错了");
  await page.getByRole("dialog").getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销决定").first().waitFor();
  const again = (await decisionsOf(page)).find(({ decisionId }) => decisionId === standing.decisionId);
  assert.ok(again.undoTime);
  assert.equal(again.undoComment, "看错了");
});

test("the menu counts what waits, and the count moves with a decision", async () => {
  const page = await officerAtQueue();
  const shown = () => page.locator("nav a[href='/review'] .nav-count").innerText();
  const before = (await conflictsOf(page)).length;
  assert.equal(await shown(), String(before));
  const first = await shownCase(page);
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await otherCase(page, first);
  await page.waitForFunction((n) => document.querySelector("nav a[href='/review'] .nav-count").innerText === String(n), before - 1);
});

test("decisions are narrowed to one's own, to those that stand and to a case, and lead to the case", async () => {
  const approver = await as(hub, "approver");
  const { conflicts } = await approver("ReviewService/ListConflicts", { pageSize: 1 });
  const [{ conflictId, etag }] = conflicts;
  await approver("ReviewService/DecideConflict", { conflictId, verdict: "UNSURE", etag, comment: "待核" });
  const page = await openAs(browser, hub, "officer", `/review/decisions?case=${conflictId}`);
  await page.getByRole("row").filter({ hasText: "待核" }).waitFor();
  const ofCase = (await decisionsOf(page)).filter((one) => one.conflictId === conflictId);
  assert.equal(await page.locator("tbody tr").count(), ofCase.length);
  await page.getByRole("checkbox", { name: "只看我的" }).click();
  await page.getByRole("row").filter({ hasText: "待核" }).waitFor({ state: "detached" });
  await page.goto(`${hub.address}/review/decisions`);
  await page.getByRole("checkbox", { name: "只看有效的" }).click();
  await page.waitForURL(/standing=1/);
  await page.locator("tbody tr").first().waitFor();
  await settle(page);
  assert.equal(await page.getByRole("row").filter({ hasText: "已于" }).count(), 0);
  await page.getByRole("row").filter({ hasText: "待核" }).getByRole("link", { name: "打开个案" }).click();
  await page.locator(`article.case[data-conflict="${conflictId}"]`).waitFor();
});

test("an auditor sees the case and cannot decide", async () => {
  const page = await openAs(browser, hub, "auditor", "/review");
  await page.getByText("您的角色只能查看").waitFor();
  const [conflict] = await conflictsOf(page);
  const { status } = await call(page, "ReviewService/DecideConflict", {
    conflictId: conflict.conflictId,
    verdict: "SAME",
    etag: conflict.etag,
  });
  assert.equal(status, 403);
});
