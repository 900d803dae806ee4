// A few days' work in a loaded district, so that every page has something to show: claims, comments, decisions, proposals, bulk jobs,
// judged samples, referrals, consent, charities. Done as the console does it, by the accounts that may.
import assert from "node:assert/strict";
import { PASSWORD, pause } from "./hub.mjs";

export async function workOn(hub) {
  const officer = await as(hub, "officer");
  const approver = await as(hub, "approver");
  await review(officer);
  await quality(officer, approver);
  await findings(officer);
  await referrals(hub, officer);
}

// Somebody who asks the hub as the console does, and is told when it refuses.
export async function as(hub, user) {
  const post = (path, headers, message) =>
    fetch(hub.address + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(message),
    });
  const entered = await post("/session/login", { "X-Relief-Console": "1" }, { user, password: PASSWORD, code: "" });
  assert.equal(entered.status, 200);
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  return async (method, message = {}) => {
    const answer = await post(`/api/relief.v1.${method}`, { "Connect-Protocol-Version": "1", cookie }, message);
    const body = await answer.json();
    assert.equal(answer.status, 200, `${method}: ${JSON.stringify(body)}`);
    return body;
  };
}

// A person of two records or more, to be split: what the policy wants a second person for.
export async function proposeSplit(ask) {
  const { findings } = await ask("FindingService/ListFindings", { filter: { kinds: ["DUPLICATE"] }, pageSize: 50 });
  for (const { personId } of findings) {
    const { groups, etag } = await ask("ReviewService/GetCluster", { personId, purpose: { kind: "REVIEW", caseNumber: personId } });
    const records = groups[0].records.map(({ record }) => record.name);
    if (records.length < 2) continue;
    const parts = [{ records: records.slice(0, 1) }, { records: records.slice(1) }];
    const decision = { operation: "SPLIT", personId: groups[0].personId, groups: parts, etag, comment: "两次申请照片不是同一人" };
    return ask("ReviewService/DecideCluster", decision);
  }
  throw new Error("nobody in the district has two records");
}

async function review(ask) {
  const { conflicts } = await ask("ReviewService/ListConflicts", { order: "BY_PRIORITY" });
  const [first] = conflicts;
  await ask("ReviewService/ClaimConflict", { conflictId: first.conflictId });
  await ask("ReviewService/AddCaseComment", { conflictId: first.conflictId, comment: "已请乡镇核对户口簿" });
  const last = conflicts.at(-1);
  await ask("ReviewService/DecideConflict", {
    conflictId: last.conflictId,
    verdict: "DIFFERENT",
    etag: last.etag,
    comment: "户口簿显示为姐妹",
  });
  const weak = { filter: { kinds: ["UNCERTAIN_MATCH"], maxBits: 14 }, verdict: "DIFFERENT" };
  const { previewToken } = await ask("ReviewService/PreviewBulk", weak);
  const { jobId } = await ask("ReviewService/StartBulk", { ...weak, previewToken, comment: "权重低于 14 位，逐件抽看无误" });
  // What is proposed next must not change under it.
  while ((await ask("ReviewService/GetReviewJob", { jobId })).state === "RUNNING") await pause(50);
  await proposeSplit(ask);
}

async function quality(...officers) {
  const { sampleId } = await officers.at(-1)("ReviewService/DrawQualitySample", { size: 12, seed: 5 });
  for (const [i, ask] of officers.entries()) {
    for (let left = 12; left > 3 + i; --left) {
      const { number } = await ask("ReviewService/NextQualityItem", { sampleId });
      await ask("ReviewService/JudgeQualityItem", { sampleId, number, verdict: left === 9 && i === 0 ? "UNSURE" : "SAME" });
    }
  }
}

async function findings(ask) {
  const { findings: open } = await ask("FindingService/ListFindings", { filter: { kinds: ["DUPLICATE"], states: ["OPEN"] }, pageSize: 4 });
  const answers = [
    { outcome: "CONFIRMED", reason: "STOPPED" },
    { outcome: "NOT_A_PROBLEM", reason: "ALLOWED_BY_LAW", note: "补差发放" },
    { outcome: "ACKNOWLEDGED" },
  ];
  for (const [i, disposition] of answers.entries())
    await ask("FindingService/AddDisposition", { findingId: open[i].findingId, disposition });
}

async function referrals(hub, ask) {
  const { findings: gaps } = await ask("FindingService/ListFindings", { filter: { kinds: ["MISSING"], states: ["OPEN"] }, pageSize: 5 });
  const need = gaps[0].need.toLowerCase().replace("need_", "");
  hub.client(
    "charity",
    "register",
    "warm-winter",
    "--need",
    need,
    "--organisation",
    "临沂市慈善总会",
    "--registration",
    "53371300MJE000001U",
    "--title",
    "暖冬帮扶",
    "--region",
    "3713",
  );
  for (const [i, { findingId, notify }] of gaps.entries()) {
    let referral = await ask("ReferralService/CreateReferral", { findingId, note: "电话联系本人，愿意申请" });
    const step = async (method, message) =>
      (referral = await ask(`ReferralService/${method}`, { referralId: referral.referralId, etag: referral.etag, ...message }));
    if (i === 0) await step("RecordConsent", { consent: { decision: "GIVEN", giver: "SELF", formNumber: "TY-2026-0031" } });
    if (i > 0) await step("HandOver", { target: { programme: notify[0], region: "371302" } });
    if (i > 1) await step("Accept", { note: "已约入户" });
    if (i === 3) await step("Conclude", { outcome: "REFUSED", reason: "NOT_ELIGIBLE", note: "收入超过标准" });
  }
}
