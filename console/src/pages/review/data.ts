// What the review pages read, and what they keep for the next case.
import { infiniteQueryOptions, queryOptions, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { review } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import type { Conflict, ListConflictsResponse } from "@/gen/relief/v1/review_service_pb";
import { orderOf, queueMessage, writeQueue, type QueueFilter } from "@/lib/queue";

export const queueKey = (queue: QueueFilter) => writeQueue(queue).toString();

export function conflictsQuery(queue: QueueFilter) {
  return infiniteQueryOptions({
    queryKey: queryKeys.conflicts.list(queueKey(queue)),
    queryFn: ({ pageParam, signal }) =>
      review.listConflicts(
        { filter: queueMessage(queue), order: orderOf(queue), withoutExplanation: true, pageSize: 50, pageToken: pageParam },
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

export function summaryQuery(queue: QueueFilter) {
  return queryOptions({
    queryKey: queryKeys.conflicts.summary(queueKey({ ...queue, order: "BY_PRIORITY" })),
    queryFn: ({ signal }) => review.getQueueSummary({ filter: queueMessage(queue) }, { signal }),
    refetchInterval: 30_000, // the list stays as it is: nothing changes under an officer's hand
  });
}

export function caseQuery(conflictId: string) {
  return queryOptions({
    queryKey: queryKeys.cases.one(conflictId),
    queryFn: ({ signal }) => review.getCase({ conflictId }, { signal }),
    staleTime: 30_000,
  });
}

export const policyQuery = queryOptions({
  queryKey: queryKeys.reviewPolicy,
  queryFn: ({ signal }) => review.getReviewPolicy({}, { signal }),
  staleTime: 600_000,
});

const AHEAD = 6; // who is quick does not wait for the hub either

// The next cases are there before they are asked for.
export async function prefetchCases(client: QueryClient, following: readonly Conflict[]) {
  const wanted = following
    .slice(0, AHEAD)
    .map(({ conflictId }) => conflictId)
    .filter((id) => !client.getQueryData(caseQuery(id).queryKey));
  if (wanted.length === 0) return;
  try {
    const { cases } = await review.batchGetCases({ conflictIds: wanted });
    for (const one of cases) if (one.conflict) client.setQueryData(caseQuery(one.conflict.conflictId).queryKey, one);
  } catch {
    // then the case is read when it is opened, and says by itself what is wrong
  }
}

export function forgetConflict(client: QueryClient, conflictId: string) {
  client.setQueriesData<InfiniteData<ListConflictsResponse>>(
    { queryKey: queryKeys.conflicts.lists },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          conflicts: page.conflicts.filter((conflict) => conflict.conflictId !== conflictId),
        })),
      },
  );
}

const MOVED_BY_DECISIONS = [
  queryKeys.conflicts.all,
  queryKeys.cluster.all,
  queryKeys.proposals.all,
  queryKeys.decisions.all,
  queryKeys.jobs,
  queryKeys.findings.all,
  queryKeys.gaps.all,
  queryKeys.status,
];

// A decision moves persons, findings and other conflicts. The case that it closed is forgotten; those read ahead stay on the
// table, and are read anew when they are opened.
export function refreshAfterDecision(client: QueryClient, closedConflictId = "") {
  for (const queryKey of MOVED_BY_DECISIONS) void client.invalidateQueries({ queryKey });
  if (closedConflictId) client.removeQueries({ queryKey: queryKeys.cases.one(closedConflictId) });
  void client.invalidateQueries({ queryKey: queryKeys.cases.all });
}
