// What needs two people: who proposes cannot approve, whoever rejects says why, and nothing changes before.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, openAs, openBrowser, settle } from "./browser.mjs";
import { Hub } from "./hub.mjs";
import { as, proposeSplit } from "./work.mjs";

let hub, browser, officer, approver;
before(async () => {
  hub = await Hub.start();
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
  await page.getByRole("button", { name: "驳回" }).click();
  const dialog = page.getByRole("dialog");
  assert.ok(await dialog.getByRole("button", { name: "驳回" }).isDisabled(), "no rejection without a reason");
  await dialog.getByRole("textbox").fill("照片是同一人");
  await dialog.getByRole("button", { name: "驳回" }).click();
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
