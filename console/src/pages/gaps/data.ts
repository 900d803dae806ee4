import { queryOptions } from "@tanstack/react-query";
import { reports } from "@/api/clients";
import type { GapDimension } from "@/gen/relief/v1/report_service_pb";
import { filterKey, type Filter } from "@/lib/filter";
import { requestOf, type Ask } from "@/lib/report";

export function reportQuery(filter: Filter, ask: Ask, groupBy: GapDimension[]) {
  return queryOptions({
    queryKey: ["gaps", filterKey(filter), JSON.stringify(ask), groupBy.join(",")],
    queryFn: ({ signal }) => reports.getGapReport(requestOf(filter, ask, groupBy), { signal, timeoutMs: ask.at ? 120_000 : undefined }),
    staleTime: 60_000,
  });
}

export const definitionsQuery = queryOptions({
  queryKey: ["gaps", "definitions"],
  queryFn: ({ signal }) => reports.getReportDefinitions({}, { signal }),
  staleTime: Infinity,
});
