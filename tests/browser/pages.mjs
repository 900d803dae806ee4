// Every page of the console, for looking at and for checking: with somebody who may see it, and with something in it.
import { call, logIn, openWindow } from "./browser.mjs";

export async function pagesOf(hub, browser) {
  const page = await openWindow(browser, hub);
  await logIn(page, hub, "officer");
  const ask = async (method, message) => (await call(page, method, message)).body;
  const duplicates = await ask("FindingService/ListFindings", { filter: { kinds: ["DUPLICATE"], states: ["OPEN"] }, pageSize: 1 });
  const gaps = await ask("FindingService/ListFindings", { filter: { kinds: ["MISSING"], states: ["OPEN"] }, pageSize: 1 });
  await page.context().close();
  const [duplicate] = duplicates.findings;
  const [gap] = gaps.findings;
  const person = `/person?id=${duplicate.personId}&purpose=FINDING&case=${duplicate.findingId}`;
  return [
    { name: "review", as: "officer", path: "/review" },
    { name: "decisions", as: "officer", path: "/review/decisions" },
    { name: "findings", as: "officer", path: "/findings" },
    { name: "finding", as: "officer", path: `/findings/${duplicate.findingId}` },
    { name: "gap", as: "officer", path: `/findings/${gap.findingId}` },
    { name: "person", as: "officer", path: person },
    { name: "lookup", as: "officer", path: "/person" },
    { name: "gaps", as: "supervisor", path: "/gaps" },
    { name: "gaps-matrix", as: "supervisor", path: "/gaps?view=matrix" },
    { name: "gaps-answers", as: "supervisor", path: "/gaps?view=answers" },
    { name: "gaps-coverage", as: "supervisor", path: "/gaps?view=coverage" },
    { name: "gaps-feeds", as: "supervisor", path: "/gaps?view=feeds" },
    { name: "monthly", as: "supervisor", path: "/gaps/monthly" },
    { name: "referrals", as: "officer", path: "/referrals" },
    { name: "charity", as: "officer", path: "/charity" },
    { name: "operations", as: "administrator", path: "/operations" },
    { name: "rules", as: "administrator", path: "/operations?view=rules" },
    { name: "store", as: "administrator", path: "/operations?view=store" },
    { name: "schedules", as: "administrator", path: "/operations?view=schedules" },
  ];
}
