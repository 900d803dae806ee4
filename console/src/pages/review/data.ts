// What the review page reads, and what it keeps for the next case.
import { create } from "@bufbuild/protobuf";
import { infiniteQueryOptions, queryOptions, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { registry, review } from "@/api/clients";
import { Purpose_Kind, PurposeSchema } from "@/gen/relief/v1/registry_service_pb";
import { Conflict_Kind, type Conflict, type ListConflictsResponse } from "@/gen/relief/v1/review_service_pb";
import type { RecordName } from "@/gen/relief/v1/types_pb";

// Looking at the two sides of a conflict is the hub's own work: no department's case stands behind it.
const PURPOSE = create(PurposeSchema, { kind: Purpose_Kind.OPERATIONS, caseNumber: "console" });

export function conflictsQuery(kind: string) {
  return infiniteQueryOptions({
    queryKey: ["conflicts", kind],
    queryFn: ({ pageParam, signal }) =>
      review.listConflicts(
        { kinds: kind ? [Conflict_Kind[kind as keyof typeof Conflict_Kind]] : [], pageSize: 50, pageToken: pageParam },
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

export function conflictQuery(conflictId: string) {
  return queryOptions({
    queryKey: ["conflict", conflictId],
    queryFn: ({ signal }) => review.getConflict({ conflictId }, { signal }),
    staleTime: 5_000,
  });
}

export function personOfRecordQuery(record: RecordName) {
  return queryOptions({
    queryKey: ["personOfRecord", record.sourceId, record.recordId],
    queryFn: ({ signal }) => registry.getPersonOfRecord({ record, purpose: PURPOSE }, { signal }),
    staleTime: 60_000,
  });
}

// The next case is there before it is asked for.
export function prefetchCase(client: QueryClient, conflict: Conflict | undefined, withPersons: boolean) {
  if (!conflict) return;
  void client.prefetchQuery(conflictQuery(conflict.conflictId));
  if (!withPersons) return;
  for (const record of [conflict.recordA, conflict.recordB]) if (record) void client.prefetchQuery(personOfRecordQuery(record));
}

export function forgetConflict(client: QueryClient, conflictId: string) {
  client.setQueriesData<InfiniteData<ListConflictsResponse>>({ queryKey: ["conflicts"] }, (data) =>
    data && {
      ...data,
      pages: data.pages.map((page) => ({
        ...page,
        conflicts: page.conflicts.filter((conflict) => conflict.conflictId !== conflictId),
      })),
    },
  );
}

// A decision moves persons, findings and other conflicts.
export function refreshAfterDecision(client: QueryClient) {
  client.removeQueries({ queryKey: ["personOfRecord"], type: "inactive" });
  for (const queryKey of [["conflicts"], ["conflict"], ["decisions"], ["personOfRecord"], ["findings"], ["gaps"], ["status"]])
    void client.invalidateQueries({ queryKey });
}
