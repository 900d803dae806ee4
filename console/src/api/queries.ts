// Answers that several pages share.
import { queryOptions } from "@tanstack/react-query";
import { admin, findings, registry, review } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { Finding_State } from "@/gen/relief/v1/finding_service_pb";
import type { Purpose } from "@/gen/relief/v1/registry_service_pb";

export const statusQuery = queryOptions({
  queryKey: queryKeys.status,
  queryFn: ({ signal }) => admin.getStatus({}, { signal }),
  staleTime: 60_000,
  refetchInterval: 300_000, // its day ends at midnight
});

export function findingQuery(findingId: string) {
  return queryOptions({
    queryKey: queryKeys.findings.one(findingId),
    queryFn: ({ signal }) => findings.getFinding({ findingId }, { signal }),
  });
}

// Each look-up with its purpose is in the audit chain: none is repeated by itself.
export function personQuery(personId: string, purpose: Purpose) {
  return queryOptions({
    queryKey: queryKeys.person(personId, purpose.kind, purpose.caseNumber),
    queryFn: ({ signal }) => registry.getPerson({ personId, purpose }, { signal }),
    staleTime: 300_000,
  });
}

const MOVES = 60_000; // ms between two looks at what waits

// What waits in the whole queue of the review, and for a second person.
export const waitingQuery = queryOptions({
  queryKey: queryKeys.conflicts.summary(""),
  queryFn: ({ signal }) => review.getQueueSummary({}, { signal }),
  refetchInterval: MOVES,
});

export const overdueQuery = queryOptions({
  queryKey: queryKeys.findings.overdue,
  queryFn: async ({ signal }) =>
    (await findings.listFindings({ filter: { states: [Finding_State.OPEN], onlyOverdue: true }, pageSize: 1 }, { signal })).totalSize,
  refetchInterval: MOVES,
});
