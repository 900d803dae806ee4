import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, logIn, openBrowser, openWindow, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";

let hub, browser;
before(async () => {
  hub = await Hub.start({ people: 3000 });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const conflictsOf = async (page) => (await call(page, "ReviewService/ListConflicts", { pageSize: 1000 })).body.conflicts ?? [];
const decisionsOf = async (page) => (await call(page, "ReviewService/ListDecisions", { pageSize: 1000 })).body.decisions ?? [];
const shownCase = (page) => page.locator("article.case").getAttribute("data-conflict");

async function officerAtQueue(user = "officer", path = "/review") {
  const page = await openWindow(browser, hub);
  await logIn(page, hub, user, path);
  await page.locator("article.case").waitFor();
  await settle(page);
  return page;
}

test("a conflict is decided by keyboard alone, the next case is there, and Z takes it back", async () => {
  const page = await officerAtQueue();
  const before = await conflictsOf(page);
  const first = await shownCase(page);
  await page.keyboard.press("2");
  assert.equal(await page.locator("[data-verdict=different]").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Enter");
  await page.waitForFunction((was) => document.querySelector("article.case")?.getAttribute("data-conflict") !== was, first);
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
  await page.waitForFunction((was) => document.querySelector("article.case")?.getAttribute("data-conflict") !== was, first);
  await page.keyboard.press("k");
  await page.waitForFunction((was) => document.querySelector("article.case")?.getAttribute("data-conflict") === was, first);
  await page.locator(".decision-bar .comment").click();
  await page.keyboard.type("123 jz");
  assert.equal(await page.locator("[data-verdict][aria-pressed=true]").count(), 0);
  assert.equal(await shownCase(page), first);
  assert.equal(await page.locator(".decision-bar .comment").inputValue(), "123 jz");
});

test("who decides on what has changed meanwhile is told, and nothing is saved", async () => {
  const mine = await officerAtQueue("officer");
  const theirs = await officerAtQueue("approver");
  const shown = await shownCase(mine);
  assert.equal(await shownCase(theirs), shown);
  await theirs.keyboard.press("2");
  await theirs.keyboard.press("Enter");
  await theirs.waitForFunction((was) => document.querySelector("article.case")?.getAttribute("data-conflict") !== was, shown);
  await mine.keyboard.press("1");
  await mine.keyboard.press("Enter");
  await mine.getByText("没有保存").first().waitFor();
  const decisions = (await decisionsOf(mine)).filter(({ conflictId, undoTime }) => conflictId === shown && !undoTime);
  assert.deepEqual(decisions.map(({ verdict }) => verdict), ["DIFFERENT"]);
});

test("a decision can be taken back from the history, by mouse, with a reason", async () => {
  const page = await openWindow(browser, hub);
  await logIn(page, hub, "officer", "/review/decisions");
  const standing = (await decisionsOf(page)).find(({ undoTime }) => !undoTime);
  assert.ok(standing, "the test before left a decision");
  await page.getByRole("button", { name: "撤销" }).first().click();
  await page.getByRole("dialog").getByRole("textbox").fill("看错了");
  await page.getByRole("dialog").getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销决定").first().waitFor();
  assert.equal((await decisionsOf(page)).filter(({ undoTime }) => !undoTime).length, 0);
});

test("an auditor sees the case and cannot decide", async () => {
  const page = await openWindow(browser, hub);
  await logIn(page, hub, "auditor", "/review");
  await page.getByText("您的角色只能查看").waitFor();
  const [conflict] = await conflictsOf(page);
  const { status } = await call(page, "ReviewService/DecideConflict", { conflictId: conflict.conflictId, verdict: "SAME", etag: conflict.etag });
  assert.equal(status, 403);
});
