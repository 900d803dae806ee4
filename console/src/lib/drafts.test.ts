import { beforeEach, expect, test, vi } from "vitest";

// As the page finds it when it is loaded: what was kept in the tab, and nothing in memory.
async function loadPage() {
  vi.resetModules();
  return import("./drafts");
}

beforeEach(() => sessionStorage.clear());

test("what was typed is there again after the session ended and the page was loaded anew", async () => {
  const before = await loadPage();
  before.openDrafts("wang");
  before.writeDraft("case/C-1", { verdict: 2, comment: "户口簿显示为姐妹" });
  const after = await loadPage();
  after.openDrafts("wang");
  expect(after.readDraft("case/C-1")).toEqual({ verdict: 2, comment: "户口簿显示为姐妹" });
});

test("no other account sees it, in the same page or after loading it anew", async () => {
  const before = await loadPage();
  before.openDrafts("wang");
  before.writeDraft("case/C-1", "文字");
  const after = await loadPage();
  after.openDrafts("li");
  expect(after.readDraft("case/C-1")).toBeUndefined();
  expect(JSON.stringify({ ...sessionStorage })).not.toContain("文字");
  before.openDrafts("li");
  expect(before.readDraft("case/C-1")).toBeUndefined();
});

test("what is sent, and logging out, leave nothing behind", async () => {
  const page = await loadPage();
  page.openDrafts("wang");
  page.writeDraft("a", "1");
  page.writeDraft("b", "2");
  page.writeDraft("a", undefined);
  expect(page.readDraft("a")).toBeUndefined();
  page.dropDrafts();
  expect(page.readDraft("b")).toBeUndefined();
  expect(sessionStorage.length).toBe(0);
});
