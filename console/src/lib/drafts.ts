// What somebody has begun to write and not sent yet. It outlasts a session that ends and a page that is loaded anew, in this tab of the
// browser only, and never reaches another account: drafts are forgotten with logging out, and when somebody else logs in.
const STORED = "relief.drafts";

interface Kept {
  user: string;
  drafts: Record<string, string>; // by what they are for, as JSON
}

let kept: Kept | undefined;
const listeners = new Set<() => void>();

function stored(): Kept {
  try {
    const found = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as Partial<Kept> | null;
    if (typeof found?.user === "string" && found.drafts) return { user: found.user, drafts: found.drafts };
  } catch {
    // storage may be switched off by policy: drafts then last as long as the page
  }
  return { user: "", drafts: {} };
}

function keep(next: Kept) {
  kept = next;
  try {
    if (Object.keys(next.drafts).length > 0) sessionStorage.setItem(STORED, JSON.stringify(next));
    else sessionStorage.removeItem(STORED);
  } catch {
    // see above
  }
  for (const listener of listeners) listener();
}

// Whose drafts they are from now on. Another account's are dropped.
export function openDrafts(user: string) {
  kept ??= stored();
  if (kept.user !== user) keep({ user, drafts: {} });
}

export function dropDrafts() {
  keep({ user: "", drafts: {} });
}

export function draftText(name: string): string | undefined {
  return kept?.drafts[name];
}

export function readDraft<T>(name: string): T | undefined {
  const text = draftText(name);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

// Nothing (undefined) once it is sent or given up.
export function writeDraft(name: string, value: unknown) {
  const drafts = { ...kept?.drafts };
  if (value === undefined) delete drafts[name];
  else drafts[name] = JSON.stringify(value);
  keep({ user: kept?.user ?? "", drafts });
}

export function onDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
