import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "@/api/queries";
import type { Date as CivilDate } from "@/gen/relief/v1/types_pb";

// The day that the hub judges by: ages, terms and what is overdue are counted from it, never from this machine's clock, which may be
// wrong. Nothing until the hub has said it.
export function useHubDay(): CivilDate | undefined {
  return useQuery(statusQuery).data?.asOfDate;
}
