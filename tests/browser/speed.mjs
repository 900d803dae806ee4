#!/usr/bin/env node
// How long every page of the console takes with a big register behind it: from asking for the page (the program in the cache, as
// after the first visit) until nothing on it is loading. A command of its own: figures of one machine; compare ratios.
//
//   node tests/browser/speed.mjs http://127.0.0.1:7480 [--loads 20] [--only NAME]
//
// The hub runs already, with deploy/config/dev.textproto and data in it. The floor beside it is a page that asks the hub for
// nothing but the session.
import { logIn, openBrowser, openWindow } from "./browser.mjs";
import { pagesOf } from "./pages.mjs";

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
  const busy = window.__asked !== window.__answered || document.querySelector("#root:empty, .ant-skeleton-active, .ant-btn-loading, [aria-busy=true]");
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

let user, page, floor, slow = 0;
for (const { name, as, path } of [{ name: "floor", as: "officer", path: "/nowhere" }, ...(await pagesOf(hub, browser))]) {
  if (name !== "floor" && !name.includes(option("--only", ""))) continue;
  if (as !== user) {
    await page?.context().close();
    page = await openWindow(browser, hub);
    await page.addInitScript(COUNT);
    await logIn(page, hub, (user = as));
  }
  const times = await measure(page, path);
  floor ??= at(times, 0.5);
  const p95 = at(times, 0.95);
  if (p95 > 1000) ++slow;
  console.log(`${name.padEnd(18)} p50 ${at(times, 0.5).toFixed(0).padStart(5)} ms  p95 ${p95.toFixed(0).padStart(5)} ms  x floor ${(at(times, 0.5) / floor).toFixed(1)}`);
}
console.log(`${loads} loads each; pages over one second at p95: ${slow}`);
await browser.close();
