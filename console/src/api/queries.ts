// Answers that several pages share.
import { queryOptions } from "@tanstack/react-query";
import { admin, findings, registry } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
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
