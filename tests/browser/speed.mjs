#!/usr/bin/env node
// How long every page of the console takes with a big register behind it: from asking for the page (the program in the cache, as
// after the first visit) until nothing on it is loading. A command of its own: figures of one machine; compare ratios.
//
//   node tests/browser/speed.mjs http://127.0.0.1:7480 [--loads 20] [--only NAME]
//
// The hub runs already, with deploy/config/dev.textproto and data in it. The floor beside it is a page that asks the hub for
// nothing but the session.
import { openAs, openBrowser } from "./browser.mjs";
import { as } from "./work.mjs";

const [address, ...rest] = process.argv.slice(2);
if (!address?.startsWith("http")) {
  console.error("usage: speed.mjs ADDRESS [--loads N] [--only NAME]");
  process.exit(2);
}
const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
const loads = Number(option("--loads", "20"));
const hub = { address };
const browser = await openBrowser();

// Calm when, for three frames, no request is under way and no skeleton stands.
const READY = () => {
  const busy =
    window.__asked !== window.__answered || document.querySelector("#root:empty, .ant-skeleton-active, .ant-btn-loading, [aria-busy=true]");
  window.__calm = busy ? 0 : (window.__calm ?? 0) + 1;
  return window.__calm >= 3 && document.querySelector("main#main");
};
const COUNT = () => {
  window.__asked = window.__answered = 0;
  const ask = window.fetch.bind(window);
  window.fetch = (...all) => {
    ++window.__asked;
    return ask(...all).finally(() => ++window.__answered);
  };
};
const at = (times, share) => times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];

async function measure(page, path) {
  const times = [];
  for (let i = 0; i <= loads; ++i) {
    const begin = performance.now();
    await page.goto(address + path, { waitUntil: "commit" });
    await page.waitForFunction(READY, null, { polling: "raf", timeout: 60_000 });
    if (i > 0) times.push(performance.now() - begin); // the first visit fetches the program
  }
  return times;
}

// The pages that ask for what grows with the register.
async function bigPages() {
  const ask = await as(hub, "officer");
  const one = async (kind) =>
    (await ask("FindingService/ListFindings", { filter: { kinds: [kind], states: ["OPEN"] }, pageSize: 1 })).findings[0];
  const duplicate = await one("DUPLICATE");
  const { conflicts } = await ask("ReviewService/ListConflicts", { pageSize: 1, order: "BY_AMOUNT" });
  return [
    { name: "floor", as: "officer", path: "/nowhere" },
    { name: "review", as: "officer", path: "/review" },
    { name: "cluster", as: "officer", path: `/review/cluster/${conflicts[0].personAId}` },
    { name: "decisions", as: "officer", path: "/review/decisions" },
    { name: "findings", as: "officer", path: "/findings" },
    { name: "finding", as: "officer", path: `/findings/${duplicate.findingId}` },
    { name: "person", as: "officer", path: `/person?id=${duplicate.personId}&purpose=FINDING&case=${duplicate.findingId}` },
    { name: "referrals", as: "officer", path: "/referrals" },
    { name: "gaps", as: "supervisor", path: "/gaps" },
    { name: "gaps-matrix", as: "supervisor", path: "/gaps?view=matrix" },
    { name: "gaps-answers", as: "supervisor", path: "/gaps?view=answers" },
    { name: "gaps-coverage", as: "supervisor", path: "/gaps?view=coverage" },
    { name: "operations", as: "administrator", path: "/operations" },
  ];
}

let user, page, floor;
let slow = 0;
for (const { name, as: who, path } of await bigPages()) {
  if (name !== "floor" && !name.includes(option("--only", ""))) continue;
  if (who !== user) {
    page = await openAs(browser, hub, (user = who));
    await page.addInitScript(COUNT);
  }
  const times = await measure(page, path);
  floor ??= at(times, 0.5);
  const p95 = at(times, 0.95);
  if (p95 > 1000) ++slow;
  console.log(
    `${name.padEnd(14)} p50 ${at(times, 0.5).toFixed(0).padStart(5)} ms  p95 ${p95.toFixed(0).padStart(5)} ms  x floor ${(at(times, 0.5) / floor).toFixed(1)}`,
  );
}
console.log(`${loads} loads each; pages over one second at p95: ${slow}`);
await browser.close();
