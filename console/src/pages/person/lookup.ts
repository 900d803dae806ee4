// Whom somebody looks up, and why: it stands in the address, so that a page can be opened again, and every look-up is audited.
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { queryOptions } from "@tanstack/react-query";
import { registry, review } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { Purpose_Kind, PurposeSchema, type Purpose } from "@/gen/relief/v1/registry_service_pb";
import { parseDate } from "@/lib/dates";
import { NEEDS_CASE } from "@/lib/purpose";

export interface Lookup {
  id: string; // a person's id, or else a record
  source: string;
  record: string;
  purpose: Purpose;
  at: string; // "2026-03-31": as known at the end of that day; empty = now
}

// Nothing unless the address says whom and why.
export function readLookup(params: URLSearchParams): Lookup | null {
  const text = (name: string) => (params.get(name) ?? "").trim();
  const kind = text("purpose");
  const known = kind in Purpose_Kind && kind !== "KIND_UNSPECIFIED";
  if (!known || (NEEDS_CASE.includes(kind) && !text("case"))) return null;
  if (!text("id") && !(text("source") && text("record"))) return null;
  return {
    id: text("id"),
    source: text("source"),
    record: text("record"),
    purpose: create(PurposeSchema, { kind: Purpose_Kind[kind as keyof typeof Purpose_Kind], caseNumber: text("case") }),
    at: parseDate(text("at")) ? text("at") : "",
  };
}

// The same purpose, another person.
export function linkTo(personId: string, params: URLSearchParams): string {
  const next = new URLSearchParams();
  next.set("id", personId);
  for (const name of ["purpose", "case"]) if (params.get(name)) next.set(name, params.get(name)!);
  return `/person?${next.toString()}`;
}

const KEEP = 300_000; // ms: looking again is another entry in the audit chain

export function lookupQuery(lookup: Lookup) {
  const { id, source, record, purpose, at } = lookup;
  return queryOptions({
    queryKey: queryKeys.lookup(id, source, record, purpose.kind, purpose.caseNumber, at),
    queryFn: ({ signal }) =>
      id
        ? registry.getPerson(
            { personId: id, purpose, asKnownAt: at ? timestampFromDate(new Date(`${at}T23:59:59+08:00`)) : undefined },
            { signal },
          )
        : registry.getPersonOfRecord({ record: { sourceId: source, recordId: record }, purpose }, { signal }),
    staleTime: KEEP,
  });
}

export function householdQuery(personId: string, purpose: Purpose) {
  return queryOptions({
    queryKey: queryKeys.household(personId, purpose.kind, purpose.caseNumber),
    queryFn: ({ signal }) => registry.getHousehold({ personId, purpose }, { signal }),
    staleTime: KEEP,
  });
}

export function linksQuery(personId: string, purpose: Purpose) {
  return queryOptions({
    queryKey: queryKeys.personLinks(personId, purpose.kind, purpose.caseNumber),
    queryFn: ({ signal }) => review.explainPerson({ personId, purpose }, { signal }),
    staleTime: KEEP,
  });
}
