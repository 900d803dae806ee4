// The filter of findings as it stands in the address bar, shared by the findings list and the gap report: a number in
// the report leads to the rows behind it by the same words.
import { create } from "@bufbuild/protobuf";
import { Finding_State, FindingFilterSchema, type FindingFilter } from "@/gen/relief/v1/finding_service_pb";
import { FindingKind, Programme } from "@/gen/relief/v1/types_pb";

export interface Filter {
  rules: string[];
  kinds: string[];
  states: string[];
  programmes: string[];
  region: string;
  person: string;
}

const LISTS = { rules: "rule", kinds: "kind", states: "state", programmes: "programme" } as const;

export function isRegionPrefix(text: string): boolean {
  return /^(\d{2}|\d{4}|\d{6})?$/.test(text);
}

export function readFilter(params: URLSearchParams): Filter {
  const list = (name: string) => (params.get(name) ?? "").split(",").filter(Boolean);
  const region = params.get("region") ?? "";
  return {
    rules: list("rule"),
    kinds: list("kind").filter((name) => name in FindingKind),
    states: list("state").filter((name) => name in Finding_State),
    programmes: list("programme").filter((name) => name in Programme),
    region: isRegionPrefix(region) ? region : "",
    person: params.get("person") ?? "",
  };
}

// Leaves alone what else is in the address.
export function writeFilter(params: URLSearchParams, change: Partial<Filter>): URLSearchParams {
  const next = new URLSearchParams(params);
  const filter = { ...readFilter(params), ...change };
  const set = (name: string, value: string) => (value ? next.set(name, value) : next.delete(name));
  for (const [key, name] of Object.entries(LISTS)) set(name, filter[key as keyof typeof LISTS].join(","));
  set("region", filter.region);
  set("person", filter.person);
  return next;
}

export function toMessage(filter: Filter): FindingFilter {
  return create(FindingFilterSchema, {
    ruleIds: filter.rules,
    kinds: filter.kinds.map((name) => FindingKind[name as keyof typeof FindingKind]),
    states: filter.states.map((name) => Finding_State[name as keyof typeof Finding_State]),
    programmes: filter.programmes.map((name) => Programme[name as keyof typeof Programme]),
    regionPrefix: filter.region,
    personId: filter.person,
  });
}

// The stable text of a filter, for the keys of cached answers.
export function filterKey(filter: Filter): string {
  return writeFilter(new URLSearchParams(), filter).toString();
}
