// Answers that several pages share.
import { create } from "@bufbuild/protobuf";
import { queryOptions } from "@tanstack/react-query";
import { admin, findings, registry } from "@/api/clients";
import { PurposeSchema, type Purpose, type Purpose_Kind } from "@/gen/relief/v1/registry_service_pb";

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => admin.getStatus({}, { signal }),
  staleTime: 60_000,
});

export function findingQuery(findingId: string) {
  return queryOptions({
    queryKey: ["findings", "one", findingId],
    queryFn: ({ signal }) => findings.getFinding({ findingId }, { signal }),
  });
}

export function purposeOf(kind: Purpose_Kind, caseNumber: string): Purpose {
  return create(PurposeSchema, { kind, caseNumber });
}

// Each look-up with its purpose is in the audit chain: none is repeated by itself.
export function personQuery(personId: string, purpose: Purpose) {
  return queryOptions({
    queryKey: ["person", personId, purpose.kind, purpose.caseNumber],
    queryFn: ({ signal }) => registry.getPerson({ personId, purpose }, { signal }),
    staleTime: 300_000,
  });
}
