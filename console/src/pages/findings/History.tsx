import { useQuery } from "@tanstack/react-query";
import { findings } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import {
  FindingEvent_Kind as Kind,
  type FindingEvent,
  Disposition_OutcomeSchema,
  FindingEvent_KindSchema,
} from "@/gen/relief/v1/finding_service_pb";
import { money } from "@/lib/money";
import { t } from "@/locales";
import { word } from "@/locales/words";
import { HistoryPanel, type HistoryEntry } from "@/parts/History";

const STRONG = new Set([Kind.DISPUTED, Kind.OVERDUE, Kind.ESCALATED]);
const GOOD = new Set([Kind.CLOSED, Kind.SETTLED]);
const MOVED = new Set([Kind.OPENED, Kind.CHANGED, Kind.REOPENED]);

function entryOf({ sequence, kind, time, actor, outcome, evidence, amountFen }: FindingEvent): HistoryEntry {
  return {
    key: sequence.toString(),
    title: word(FindingEvent_KindSchema, kind),
    time,
    actor,
    details: [
      kind === Kind.DISPOSED && word(Disposition_OutcomeSchema, outcome),
      MOVED.has(kind) && t("findings.recordsInEvidence", { n: evidence }),
      MOVED.has(kind) && amountFen > 0n && money(amountFen),
    ],
    tone: STRONG.has(kind) ? "strong" : GOOD.has(kind) ? "good" : undefined,
  };
}

// `events` is how many there are: it changes with the finding, and the history is read again.
export function History({ findingId, events }: { findingId: string; events: bigint }) {
  const query = useQuery({
    queryKey: queryKeys.findings.events(findingId, events.toString()),
    queryFn: ({ signal }) => findings.listFindingEvents({ findingId }, { signal }),
  });
  return <HistoryPanel query={query} entryOf={entryOf} />;
}
