// Debian's Chromium, driven by playwright-core.
import { chromium } from "playwright-core";
import { PASSWORD, PATIENCE } from "./hub.mjs";

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-extensions",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

function newContext(browser, { language = "zh" } = {}) {
  return browser.newContext({
    viewport: { width: 1366, height: 768 },
    locale: language === "zh" ? "zh-CN" : "en-GB",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
}

// Whatever the page asks of another host, or the policy refuses, is kept in `foreign` and `violations`: tests assert that both
// stay empty.
async function newPage(context, hub, language = "zh") {
  const page = await context.newPage();
  await page.addInitScript((chosen) => localStorage.setItem("relief.language", chosen), language);
  page.foreign = [];
  page.violations = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== hub.address && protocol !== "data:" && protocol !== "blob:") page.foreign.push(request.url());
  });
  page.on("pageerror", (error) => page.violations.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) page.violations.push(message.text());
  });
  page.setDefaultTimeout(PATIENCE);
  return page;
}

// A window in which nobody is logged in.
export async function openWindow(browser, hub, options) {
  return newPage(await newContext(browser, options), hub, options?.language);
}

const contexts = new Map(); // by hub, user and language: a user's windows share the session, and the cache of the console's files

// A window of somebody who is logged in (login.test.mjs fills in the login page itself). One at a time for each user.
export async function openAs(browser, hub, user, path = "/", options = {}) {
  const key = `${hub.address} ${user} ${options.language}`;
  let context = contexts.get(key);
  if (!context) {
    context = await newContext(browser, options);
    contexts.set(key, context);
    const entered = await context.request.post(`${hub.address}/session/login`, {
      headers: { "X-Relief-Console": "1" },
      data: { user, password: PASSWORD, code: "" },
    });
    if (!entered.ok()) throw new Error(`${user} may not log in: HTTP ${entered.status()}`);
  }
  for (const page of context.pages()) await page.close();
  const page = await newPage(context, hub, options.language);
  await page.goto(hub.address + path);
  await page.locator("main#main").waitFor({ state: "attached" });
  return page;
}

// Calls a service as the page does, with the page's session.
export async function call(page, method, message) {
  return page.evaluate(
    async ([name, body]) => {
      const answer = await fetch(`/api/relief.v1.${name}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Connect-Protocol-Version": "1" },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    },
    [method, message],
  );
}

// Nothing is loading: no skeleton stands, and none has come back a moment later.
export async function settle(page) {
  const end = Date.now() + PATIENCE;
  for (let calm = 0; calm < 2;) {
    const busy = page.locator("#root:empty, .ant-skeleton-active, .ant-btn-loading, [aria-busy=true]");
    calm = (await busy.count()) === 0 ? calm + 1 : 0;
    if (Date.now() > end)
      throw new Error(`${page.url()} goes on loading: ${await busy.evaluateAll((all) => all.map((one) => one.className).join(" | "))}`);
    await page.waitForTimeout(60);
  }
}
