// Debian's Chromium, driven by playwright-core; and what an officer does first on every page: log in.
import { chromium } from "playwright-core";
import { PASSWORD } from "./hub.mjs";

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

// A window of its own (cookies, storage). Whatever the page asks of another host, or the policy refuses, is kept in `foreign`
// and `violations`: tests assert that both stay empty.
export async function openWindow(browser, hub, { language = "zh", width = 1366, height = 768, scale = 1 } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    locale: language === "zh" ? "zh-CN" : "en-GB",
    timezoneId: "Asia/Shanghai",
    acceptDownloads: true,
  });
  await context.addInitScript((chosen) => localStorage.setItem("relief.language", chosen), language);
  const page = await context.newPage();
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
  page.setDefaultTimeout(15_000);
  return page;
}

export async function logIn(page, hub, user, path = "/") {
  await page.goto(hub.address + path);
  await page.locator("input[autocomplete=username]").fill(user);
  await page.locator("input[autocomplete=current-password]").fill(PASSWORD);
  await page.locator("button[type=submit]").click();
  await page.locator("main#main").waitFor({ state: "attached" });
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
  for (let calm = 0; calm < 2; ) {
    const busy = await page.locator("#root:empty, .ant-skeleton-active, .ant-btn-loading, [aria-busy=true]").count();
    calm = busy === 0 ? calm + 1 : 0;
    await page.waitForTimeout(150);
  }
}
