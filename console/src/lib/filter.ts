// The filter of findings as it stands in the address bar, shared by the findings list and the gap report: a number in
// the report leads to the rows behind it by the same words.
import { create } from "@bufbuild/protobuf";
import { Finding_State, FindingFilterSchema, type FindingFilter } from "@/gen/relief/v1/finding_service_pb";
import { DateSchema, FindingKind, Need, Programme, Severity } from "@/gen/relief/v1/types_pb";
import { parseDate } from "@/lib/dates";

export interface Filter {
  rules: string[];
  kinds: string[];
  states: string[]; // nothing in the address means OPEN: what waits for somebody
  programmes: string[];
  severities: string[];
  needs: string[];
  region: string;
  person: string;
  overdue: boolean;
  disputed: boolean;
  from: string; // first and last day of opening, "2026-01-31"
  to: string;
  atLeast: string; // yuan
}

const LISTS = {
  rules: { name: "rule", known: null },
  kinds: { name: "kind", known: FindingKind },
  programmes: { name: "programme", known: Programme },
  severities: { name: "severity", known: Severity },
  needs: { name: "need", known: Need },
} as const;
const ANY = "ANY";

export function isRegionPrefix(text: string): boolean {
  return /^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$/.test(text);
}

export function readFilter(params: URLSearchParams): Filter {
  const text = (name: string) => params.get(name) ?? "";
  const list = (name: string, known: object | null) =>
    text(name)
      .split(",")
      .filter((one) => one && (!known || one in known));
  const day = (name: string) => (parseDate(text(name)) ? text(name) : "");
  const states = text("state");
  return {
    rules: list("rule", null),
    kinds: list("kind", FindingKind),
    states: states === ANY ? [] : states ? list("state", Finding_State) : ["OPEN"],
    programmes: list("programme", Programme),
    severities: list("severity", Severity),
    needs: list("need", Need),
    region: isRegionPrefix(text("region")) ? text("region") : "",
    person: text("person"),
    overdue: text("overdue") === "1",
    disputed: text("disputed") === "1",
    from: day("from"),
    to: day("to"),
    atLeast: /^\d{1,9}$/.test(text("atleast")) ? text("atleast") : "",
  };
}

// Leaves alone what else is in the address.
export function writeFilter(params: URLSearchParams, change: Partial<Filter>): URLSearchParams {
  const next = new URLSearchParams(params);
  const filter = { ...readFilter(params), ...change };
  const set = (name: string, value: string) => (value ? next.set(name, value) : next.delete(name));
  for (const key of Object.keys(LISTS) as (keyof typeof LISTS)[]) set(LISTS[key].name, filter[key].join(","));
  const states = filter.states.join(",");
  set("state", states === "OPEN" ? "" : states || ANY);
  set("region", filter.region);
  set("person", filter.person);
  set("overdue", filter.overdue ? "1" : "");
  set("disputed", filter.disputed ? "1" : "");
  set("from", filter.from);
  set("to", filter.to);
  set("atleast", filter.atLeast);
  return next;
}

export function isEmpty(filter: Filter): boolean {
  return filterKey(filter) === "";
}

export function toMessage(filter: Filter): FindingFilter {
  const day = (text: string) => (text ? create(DateSchema, parseDate(text)!) : undefined);
  return create(FindingFilterSchema, {
    ruleIds: filter.rules,
    kinds: filter.kinds.map((name) => FindingKind[name as keyof typeof FindingKind]),
    states: filter.states.map((name) => Finding_State[name as keyof typeof Finding_State]),
    programmes: filter.programmes.map((name) => Programme[name as keyof typeof Programme]),
    severities: filter.severities.map((name) => Severity[name as keyof typeof Severity]),
    needs: filter.needs.map((name) => Need[name as keyof typeof Need]),
    regionPrefix: filter.region,
    personId: filter.person,
    onlyOverdue: filter.overdue,
    onlyDisputed: filter.disputed,
    openedFrom: day(filter.from),
    openedTo: day(filter.to),
    minAmountFen: filter.atLeast ? BigInt(filter.atLeast) * 100n : 0n,
  });
}

// The stable text of a filter, for the keys of cached answers and for links.
export function filterKey(filter: Filter): string {
  return writeFilter(new URLSearchParams(), filter).toString();
}

// What somebody typed or pasted as the number of a finding or a person; nothing if it is neither.
export function numberOf(text: string): { kind: "finding" | "person"; id: string } | null {
  const id = text.normalize("NFKC").trim().toUpperCase();
  if (!/^[FP]-[0-9A-Z]{4,40}$/.test(id)) return null;
  return { kind: id.startsWith("F") ? "finding" : "person", id };
}
