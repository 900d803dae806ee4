// Every page of the console, for looking at and for checking: with somebody who may see it, and with something in it.
import { as, workOn } from "./work.mjs";

export async function pagesOf(hub) {
  await workOn(hub);
  const officer = await as(hub, "officer");
  const one = async (kind) =>
    (await officer("FindingService/ListFindings", { filter: { kinds: [kind], states: ["OPEN"] }, pageSize: 1 })).findings[0];
  const duplicate = await one("DUPLICATE");
  const gap = await one("MISSING");
  const { referrals } = await officer("ReferralService/ListReferrals", { pageSize: 1 });
  const { samples } = await officer("ReviewService/ListQualitySamples");
  const { conflicts } = await officer("ReviewService/ListConflicts", { pageSize: 1, order: "BY_AMOUNT" });
  const { proposals } = await officer("ReviewService/ListProposals");
  const month = new Date().toISOString().slice(0, 7); // findings opened when the district was loaded
  const person = `/person?id=${duplicate.personId}&purpose=FINDING&case=${duplicate.findingId}`;
  return [
    { name: "review", as: "officer", path: "/review" },
    { name: "proposals", as: "officer", path: "/review/proposals" },
    { name: "decisions", as: "officer", path: "/review/decisions" },
    { name: "jobs", as: "officer", path: "/review/jobs" },
    { name: "quality", as: "officer", path: "/review/quality" },
    { name: "judge", as: "officer", path: `/review/quality/${samples[0].sampleId}` },
    { name: "cluster", as: "officer", path: `/review/cluster/${conflicts[0].personAId}` },
    { name: "findings", as: "officer", path: "/findings" },
    { name: "finding", as: "officer", path: `/findings/${duplicate.findingId}` },
    { name: "gap", as: "officer", path: `/findings/${gap.findingId}` },
    { name: "person", as: "officer", path: person },
    { name: "lookup", as: "officer", path: "/person" },
    { name: "referrals", as: "officer", path: "/referrals" },
    { name: "referral", as: "officer", path: `/referrals/${referrals[0].referralId}` },
    { name: "charity", as: "officer", path: "/charity" },
    { name: "intake", as: "officer", path: "/intake" },
    { name: "proposal", as: "approver", path: `/review/proposals/${proposals.at(-1).proposalId}` },
    { name: "gaps", as: "supervisor", path: "/gaps" },
    { name: "gaps-matrix", as: "supervisor", path: "/gaps?view=matrix" },
    { name: "gaps-answers", as: "supervisor", path: "/gaps?view=answers" },
    { name: "gaps-coverage", as: "supervisor", path: "/gaps?view=coverage" },
    { name: "gaps-feeds", as: "supervisor", path: "/gaps?view=feeds" },
    { name: "monthly", as: "supervisor", path: `/gaps/monthly?month=${month}` },
    { name: "operations", as: "administrator", path: "/operations" },
    { name: "rules", as: "administrator", path: "/operations?view=rules" },
    { name: "store", as: "administrator", path: "/operations?view=store" },
    { name: "schedules", as: "administrator", path: "/operations?view=schedules" },
  ];
}
