import { queryOptions } from "@tanstack/react-query";
import { reports } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import type { GapDimension } from "@/gen/relief/v1/report_service_pb";
import { filterKey, type Filter } from "@/lib/filter";
import { isOneRegion, nextDigits, requestOf, type Ask } from "@/lib/report";

export function reportQuery(filter: Filter, ask: Ask, groupBy: GapDimension[]) {
  return queryOptions({
    queryKey: queryKeys.gaps.report(filterKey(filter), JSON.stringify(ask), groupBy.join(",")),
    queryFn: async ({ signal }) => {
      const options = { signal, timeoutMs: ask.at ? 120_000 : undefined };
      for (let digits = nextDigits(filter.region); ; digits = nextDigits("0".repeat(digits))) {
        const request = requestOf(filter, ask, groupBy, digits);
        const report = await reports.getGapReport(request, options);
        if (digits >= 6 || !isOneRegion(report.rows)) return { report, request };
      }
    },
    staleTime: 60_000,
  });
}

export const definitionsQuery = queryOptions({
  queryKey: queryKeys.gaps.definitions,
  queryFn: ({ signal }) => reports.getReportDefinitions({}, { signal }),
  staleTime: Infinity,
});
