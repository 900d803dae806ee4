// What needs two people: who proposes cannot approve, whoever rejects says why, and nothing changes before.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, openAs, openBrowser, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";
import { as, proposeSplit } from "./work.mjs";

let hub, browser, officer, approver;
before(async () => {
  hub = await Hub.start({ config: "review { approval_over_fen: 1 approval_of_splits: true }" }); // whatever money is at stake
  browser = await openBrowser();
  officer = await as(hub, "officer");
  approver = await as(hub, "approver");
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

async function windowOf(user, path) {
  const page = await openAs(browser, hub, user, path);
  await settle(page);
  return page;
}

const pending = async () => (await officer("ReviewService/ListProposals")).proposals ?? [];
const recordsOf = async (personId) => {
  const { groups } = await officer("ReviewService/GetCluster", { personId, purpose: { kind: "REVIEW", caseNumber: personId } });
  return groups[0].records.length;
};

test("an officer proposes a split on the cluster page: it is previewed, and nothing changes yet", async () => {
  const { findings } = await officer("FindingService/ListFindings", { filter: { kinds: ["DUPLICATE"] }, pageSize: 50 });
  let personId;
  for (const one of findings) if ((await recordsOf(one.personId)) > 1) personId = one.personId;
  const before = await recordsOf(personId);
  const page = await windowOf("officer", `/review/cluster/${personId}`);
  const group = page.locator("table.members").first().locator("tbody tr").last().getByRole("combobox");
  await group.focus();
  for (const key of ["ArrowDown", "ArrowUp", "Enter"]) await group.press(key); // opens; the last choice is somebody new
  await page.getByRole("heading", { name: "拆分" }).waitFor();
  assert.ok(await page.getByRole("button", { name: "确认" }).isDisabled(), "nothing is decided before it was previewed");
  await page.getByRole("button", { name: "预览" }).click();
  await page.locator(".effect-text").waitFor();
  await page.getByText(/将拆开系统据以认定为同一人的 \d+ 条联系/).waitFor();
  assert.ok(await page.getByRole("button", { name: "确认" }).isDisabled(), "nor without a reason");
  await page.getByRole("textbox", { name: /拆分理由/ }).fill("两次申请照片不是同一人");
  await page.getByRole("button", { name: "确认" }).click();
  await page.getByText("已提请批准").first().waitFor();
  assert.equal(await recordsOf(personId), before);
  const [proposal] = await pending();
  assert.deepEqual([proposal.ground, proposal.cluster.operation, proposal.cluster.personId], ["SPLIT", "SPLIT", personId]);
});

test("the proposer is offered to withdraw and not to approve, and the hub refuses it to them by whatever call", async () => {
  const page = await windowOf("officer", "/review/proposals");
  await page.getByText("您提请的").waitFor();
  assert.equal(await page.getByRole("button", { name: "批准", exact: true }).count(), 0);
  const [{ proposalId }] = await pending();
  assert.equal((await call(page, "ReviewService/ApproveProposal", { proposalId })).status, 403);
});

test("an approver rejects with a reason, and everybody can read it", async () => {
  const page = await windowOf("approver", "/review/proposals");
  await page.getByRole("button", { name: "审批" }).click();
  const reject = page.getByRole("button", { name: "驳回" });
  await reject.waitFor();
  assert.ok(await reject.isDisabled(), "no rejection without a reason");
  const words = page.getByRole("textbox", { name: /驳回时必填/ });
  await words.fill("照片是同一人");
  await page.reload();
  await page.waitForFunction(() => document.querySelector("textarea")?.value === "照片是同一人"); // what was typed outlasts it
  await reject.click();
  await page.getByText("没有待批准的事项").waitFor();
  const { proposals } = await officer("ReviewService/ListProposals", { states: ["REJECTED"] });
  assert.deepEqual([proposals[0].reason, proposals[0].approver], ["照片是同一人", "console:approver"]);
  const theirs = await windowOf("officer", "/review/proposals?state=ANY");
  await theirs.getByText("照片是同一人").waitFor();
});

test("an approver approves another's proposal, and it is carried out at once", async () => {
  const { proposalId } = await proposeSplit(officer);
  const { cluster } = await officer("ReviewService/GetProposal", { proposalId });
  const before = await recordsOf(cluster.personId);
  const page = await windowOf("approver", "/review/proposals");
  assert.equal(await page.getByRole("button", { name: "批准", exact: true }).count(), 0, "nobody approves unseen");
  await page.getByRole("button", { name: "审批" }).click();
  await page.getByText("两次申请照片不是同一人").waitFor();
  await page.locator(".effect-text").waitFor();
  await page.getByText(/将拆开系统据以认定为同一人的 \d+ 条联系/).waitFor();
  const shown = await page.locator("table.members").evaluateAll((all) => all.map((one) => one.querySelectorAll("tbody tr").length));
  assert.deepEqual(
    shown,
    cluster.groups.map(({ records }) => records.length),
    "each record stands in the group that it would go to",
  );
  assert.equal(await page.locator("table.members tbody tr td:nth-child(2)").filter({ hasText: "—" }).count(), 0, "with its name");
  await page.getByRole("button", { name: "批准", exact: true }).click();
  await page.getByText("已批准并执行").waitFor();
  assert.ok((await recordsOf(cluster.personId)) < before, "the person was split");
  const { decisions } = await officer("ReviewService/ListDecisions", { pageSize: 1 });
  assert.deepEqual([decisions[0].officer, decisions[0].approver], ["console:officer", "console:approver"]);
});

test("an approver's own proposal waits for somebody else", async () => {
  await proposeSplit(approver);
  const page = await windowOf("approver", "/review/proposals");
  await page.getByText("您提请的").waitFor();
  const [{ proposalId }] = await pending();
  assert.equal((await call(page, "ReviewService/ApproveProposal", { proposalId })).status, 403);
  await page.getByRole("button", { name: "撤回" }).click();
  await page.getByText("没有待批准的事项").waitFor();
});

test("a decision over money is approved beside the two records, with its effect; one who only looks cannot answer", async () => {
  const { conflicts } = await officer("ReviewService/ListConflicts", { order: "BY_AMOUNT", pageSize: 1 });
  const [{ conflictId, etag }] = conflicts;
  const { proposalId } = await officer("ReviewService/DecideConflict", {
    conflictId,
    verdict: "DIFFERENT",
    etag,
    comment: "户口簿显示为姐妹",
  });
  assert.ok(proposalId);
  const auditor = await windowOf("auditor", `/review/proposals/${proposalId}`);
  await auditor.getByText("由审批人批准或驳回").waitFor();
  assert.equal(await auditor.getByRole("button", { name: "批准", exact: true }).count(), 0);
  const page = await windowOf("approver", "/review/proposals");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/review/proposals/${proposalId}$`));
  await page.locator("h1", { hasText: "不同的人" }).waitFor();
  await page.getByText("户口簿显示为姐妹").waitFor();
  await page.locator("table.compare tbody tr").first().waitFor();
  await page.locator(".effect-text").waitFor();
  await page.getByRole("button", { name: "批准", exact: true }).click();
  await page.getByText("已批准并执行").waitFor();
  const { proposals } = await officer("ReviewService/ListProposals", { states: ["APPROVED"] });
  assert.ok(proposals.some((one) => one.proposalId === proposalId && one.approver === "console:approver"));
});
