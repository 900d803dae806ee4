// The work list as the pages of findings share it: the list itself, and the way from one finding to the next.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { findings } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { FindingOrder } from "@/gen/relief/v1/finding_service_pb";
import { filterKey, readFilter, toMessage, type Filter } from "@/lib/filter";

export const ORDERS = {
  due: FindingOrder.DUE_DATE_ASCENDING,
  amount: FindingOrder.AMOUNT_DESCENDING,
  opened: FindingOrder.OPEN_TIME_DESCENDING,
};
export type Order = keyof typeof ORDERS;

export function readOrder(params: URLSearchParams): Order {
  const asked = params.get("order") ?? "";
  return asked in ORDERS ? (asked as Order) : "due";
}

export function listQuery(filter: Filter, order: Order) {
  return infiniteQueryOptions({
    queryKey: queryKeys.findings.list(order, filterKey(filter)),
    queryFn: ({ pageParam, signal }) =>
      findings.listFindings({ filter: toMessage(filter), orderBy: ORDERS[order], pageSize: 50, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

// From which list a finding was opened, and which of its rows it was: kept in the browser's history with the page.
export interface FromList {
  list: string; // the list's address, from "?"
  at: number;
}

export function pathOf(findingId: string): string {
  return `/findings/${encodeURIComponent(findingId)}`;
}

const READ_ON = 3; // so many before the end of what is loaded

// The findings before and after this one in the list that it was opened from. One that left the list when it was answered keeps its
// place: the next is the one that stands there now.
export function useNeighbours(findingId: string, from: FromList | null) {
  const params = new URLSearchParams(from?.list);
  const list = useInfiniteQuery({ ...listQuery(readFilter(params), readOrder(params)), enabled: from !== null });
  const rows = from && list.data ? list.data.pages.flatMap((page) => page.findings) : [];
  const found = rows.findIndex((row) => row.findingId === findingId);
  const at = found >= 0 ? found : (from?.at ?? 0);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const wants = from !== null && at >= rows.length - READ_ON && hasNextPage && !isFetchingNextPage;
  useEffect(() => {
    if (wants) void fetchNextPage();
  }, [wants, fetchNextPage]);
  const step = (place: number) =>
    from && rows[place] ? { findingId: rows[place].findingId, from: { list: from.list, at: place } } : undefined;
  return {
    at,
    of: Number(list.data?.pages[0]?.totalSize ?? 0),
    previous: step(at - 1),
    next: step(found >= 0 ? at + 1 : at),
  };
}

let last = "";

// The finding that was looked at last: the list goes on there.
export function rememberSeen(findingId: string) {
  last = findingId;
}

export function lastSeen(): string {
  return last;
}
