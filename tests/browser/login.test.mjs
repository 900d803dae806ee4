import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, openAs, openBrowser, openWindow } from "./browser.mjs";
import { Hub, PASSWORD } from "./hub.mjs";

let hub, browser;
before(async () => {
  hub = await Hub.start({ district: false });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

async function tryPassword(page, user, password) {
  await page.locator("input[autocomplete=username]").fill(user);
  await page.locator("input[autocomplete=current-password]").fill(password);
  const answered = page.waitForResponse((response) => response.url().endsWith("/session/login"));
  await page.locator("button[type=submit]").click();
  return (await answered).status();
}

test("after five wrong passwords the account is locked, also for the right one, and others are not", async () => {
  const page = await openWindow(browser, hub);
  await page.goto(hub.address);
  for (let i = 0; i < 5; ++i) assert.equal(await tryPassword(page, "supervisor", "wrong"), 401);
  await page.getByRole("alert").getByText("不正确").waitFor();
  assert.equal(await tryPassword(page, "supervisor", PASSWORD), 429);
  await page.getByRole("alert").getByText("已暂时锁定").waitFor();
  assert.ok(await page.locator("button[type=submit]").isDisabled(), "no more attempts are offered while the lock holds");
  const other = await openAs(browser, hub, "officer");
  await other.getByRole("navigation", { name: "主导航" }).waitFor();
});

test("logging in leads to the address that was asked for, and logging out ends the session", async () => {
  const page = await openWindow(browser, hub);
  await page.goto(`${hub.address}/operations?view=rules`);
  assert.equal(await tryPassword(page, "administrator", PASSWORD), 200);
  await page.locator("main#main").waitFor({ state: "attached" });
  assert.match(page.url(), /\/operations\?view=rules$/);
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.locator("input[autocomplete=username]").waitFor();
  const { status, body } = await call(page, "AdminService/GetStatus", {});
  assert.equal(status, 401);
  assert.equal(body.code, "unauthenticated");
});

test("what a role may not see is not offered, and is refused", async () => {
  const page = await openAs(browser, hub, "administrator", "/person");
  await page.getByText("您的角色没有此项权限").waitFor();
  assert.equal(await page.getByRole("link", { name: "人员" }).count(), 0);
  const { status } = await call(page, "RegistryService/GetPerson", { personId: "P-1", purpose: { kind: "AUDIT" } });
  assert.equal(status, 403);
});

test("the language can be switched, and the choice lasts", async () => {
  const page = await browser.newPage();
  await page.goto(hub.address);
  await page.getByRole("heading", { name: "救助信息共享枢纽" }).waitFor();
  await page.getByRole("button", { name: "切换为英文" }).click();
  await page.getByRole("heading", { name: "Relief Hub" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Relief Hub" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
});

test("a page of another site can neither frame the console nor ask in its name", async () => {
  const answer = await fetch(hub.address);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  const forged = await fetch(`${hub.address}/session/login`, {
    method: "POST",
    body: JSON.stringify({ user: "officer", password: PASSWORD }),
  });
  assert.equal(forged.status, 403);
});
