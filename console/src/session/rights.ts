// What each role may do, so that nobody is offered a button that the hub would refuse. The hub decides, not this table.
import type { Role } from "@/api/session";

const RIGHTS = {
  review: ["officer", "approver", "supervisor", "auditor"],
  decide: ["officer", "approver"],
  approve: ["approver"],
  drawSample: ["supervisor", "approver"],
  person: ["officer", "approver", "supervisor"],
  findings: ["officer", "approver", "supervisor", "auditor"],
  dispose: ["officer", "approver"],
  deliberate: ["approver"],
  referrals: ["officer", "approver", "supervisor", "auditor"],
  refer: ["officer", "approver"],
  charity: ["officer", "approver", "supervisor"],
  feed: ["officer", "approver"],
  gaps: ["officer", "approver", "supervisor", "auditor", "administrator"],
  takeOut: ["supervisor", "approver", "auditor"],
  operations: ["officer", "approver", "supervisor", "auditor", "administrator"],
  settleSnapshots: ["approver", "administrator"],
  reloadRules: ["administrator"],
  store: ["administrator"],
  backUp: ["administrator"],
} satisfies Record<string, Role[]>;

export type Right = keyof typeof RIGHTS;

export function may(role: Role, right: Right): boolean {
  return (RIGHTS[right] as Role[]).includes(role);
}

// Where each role's day begins.
export function homeOf(role: Role): string {
  if (role === "supervisor") return "/gaps";
  if (role === "administrator") return "/operations";
  return role === "auditor" ? "/findings" : "/review";
}
