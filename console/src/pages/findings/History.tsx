import { useQuery } from "@tanstack/react-query";
import { findings } from "@/api/clients";
import { Disposition_Outcome, FindingEvent_Kind as Kind, type FindingEvent } from "@/gen/relief/v1/finding_service_pb";
import { timeText } from "@/lib/dates";
import { money } from "@/lib/money";
import { named, useText } from "@/locales";
import { ErrorState, PanelSkeleton } from "@/parts/states";

const STRONG = new Set([Kind.DISPUTED, Kind.OVERDUE, Kind.ESCALATED]);
const GOOD = new Set([Kind.CLOSED, Kind.SETTLED]);

function Entry({ event }: { event: FindingEvent }) {
  const { t } = useText();
  const moved = event.kind === Kind.OPENED || event.kind === Kind.CHANGED || event.kind === Kind.REOPENED;
  const details = [
    event.kind === Kind.DISPOSED && named("outcome", Disposition_Outcome[event.outcome]),
    event.actor,
    moved && t("findings.recordsInEvidence", { n: event.evidence }),
    moved && event.amountFen > 0n && money(event.amountFen),
  ].filter(Boolean);
  return (
    <li className={STRONG.has(event.kind) ? "strong" : GOOD.has(event.kind) ? "good" : undefined}>
      <div>{named("findingEvent", Kind[event.kind])}</div>
      <div className="quiet small">{[timeText(event.time), ...details].join(" · ")}</div>
    </li>
  );
}

// `events` is how many there are: it changes with the finding, and the history is read again.
export function History({ findingId, events }: { findingId: string; events: bigint }) {
  const { t } = useText();
  const query = useQuery({
    queryKey: ["findings", "events", findingId, events.toString()],
    queryFn: ({ signal }) => findings.listFindingEvents({ findingId }, { signal }),
  });
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("findings.history")}</h2></div>
      <div className="panel-body">
        {query.isPending ? (
          <PanelSkeleton rows={3} />
        ) : !query.data ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : (
          <ol className="history">
            {[...query.data.events].reverse().map((event) => <Entry key={event.sequence.toString()} event={event} />)}
          </ol>
        )}
      </div>
    </section>
  );
}
