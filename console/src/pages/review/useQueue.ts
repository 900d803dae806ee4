// Which case is on the table: the queue as the address narrows and orders it, and the one that is open. The next cases are read ahead.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useSearchParams } from "react-router";
import { readQueue, writeQueue, type QueueFilter } from "@/lib/queue";
import { conflictsQuery, prefetchCases } from "@/pages/review/data";

const READ_ON = 3; // so many before the end of what is loaded

// `away`: cases whose decision is on its way to the hub. They have left the table.
export function useQueue(away: ReadonlySet<string>) {
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const queue = readQueue(params);
  const list = useInfiniteQuery(conflictsQuery(queue));
  const conflicts = useMemo(
    () => list.data?.pages.flatMap((page) => page.conflicts).filter(({ conflictId }) => !away.has(conflictId)) ?? [],
    [list.data, away],
  );
  const asked = params.get("case") ?? "";
  const selected = asked || (conflicts[0]?.conflictId ?? "");
  const at = conflicts.findIndex((conflict) => conflict.conflictId === selected);
  useEffect(() => {
    void prefetchCases(client, conflicts.slice(at + 1));
  }, [client, conflicts, at]);

  const open = (conflictId: string) => {
    const next = writeQueue(queue);
    if (conflictId) next.set("case", conflictId);
    setParams(next, { replace: true, flushSync: true }); // at once: the next key is about the next case
  };
  const readOn = () => {
    if (at + 1 >= conflicts.length - READ_ON && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };
  return {
    queue,
    list,
    conflicts,
    selected,
    at,
    empty: conflicts.length === 0 && !asked,
    narrowed: writeQueue({ ...queue, order: "BY_PRIORITY" }).toString() !== "",
    open,
    narrow: (part: Partial<QueueFilter>) => setParams(writeQueue({ ...queue, ...part })),
    clear: () => setParams({}),
    move: (by: number) => {
      const next = conflicts[at + by];
      if (next) open(next.conflictId);
      if (by > 0) readOn();
    },
    // The one after this, or where there is none the one before.
    leave: () => {
      open((conflicts[at + 1] ?? conflicts[at - 1])?.conflictId ?? "");
      readOn();
    },
  };
}
