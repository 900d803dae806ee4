// Who is logged in. Plain JSON beside the Connect services, because logging in comes before them.

export type Role = "officer" | "supervisor" | "administrator" | "auditor" | "approver";

export interface Session {
  user: string;
  role: Role;
  language: string;
}

export type LoginResult = { state: "in"; session: Session } | { state: "wrong" } | { state: "locked"; retryAfterSeconds: number };

// The header is what a form on another site cannot send.
const HEADERS = { "Content-Type": "application/json", "X-Relief-Console": "1" };

export class HubUnreachable extends Error {}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new HubUnreachable();
  }
  if (response.status >= 500) throw new HubUnreachable(`HTTP ${response.status}`);
  return response;
}

export async function whoAmI(): Promise<Session | null> {
  const response = await ask("/session");
  if (response.status === 401) return null;
  if (!response.ok) throw new HubUnreachable(`HTTP ${response.status}`);
  return (await response.json()) as Session;
}

export async function login(user: string, password: string, code: string): Promise<LoginResult> {
  const response = await ask("/session/login", {
    method: "POST",
    headers: HEADERS,
    body: JSON.stringify({ user, password, code }),
  });
  if (response.status === 429) {
    const body = (await response.json()) as { retry_after_seconds?: number };
    return { state: "locked", retryAfterSeconds: body.retry_after_seconds ?? 60 };
  }
  if (!response.ok) return { state: "wrong" };
  return { state: "in", session: (await response.json()) as Session };
}

export async function logout(): Promise<void> {
  await ask("/session/logout", { method: "POST", headers: HEADERS });
}

const listeners = new Set<() => void>();

export function onSessionLost(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function sessionLost() {
  for (const listener of listeners) listener();
}
