// What happened, the newest first: of a case, of a finding, of a referral.
import type { UseQueryResult } from "@tanstack/react-query";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timeText } from "@/lib/dates";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { ErrorState, PanelSkeleton } from "@/parts/states";

export interface HistoryEntry {
  key: string;
  title: string;
  time?: Timestamp;
  actor: string; // empty: the hub
  details?: (string | false | undefined)[];
  note?: string;
  tone?: "good" | "strong";
}

export function HistoryList({ entries }: { entries: readonly HistoryEntry[] }) {
  const { t } = useText();
  return (
    <ol className="history">
      {[...entries].reverse().map(({ key, title, time, actor, details = [], note, tone }) => (
        <li key={key} className={tone}>
          <div>{title}</div>
          <div className="quiet small">
            {[timeText(time), officerName(actor) || t("common.byHub"), ...details].filter(Boolean).join(" · ")}
          </div>
          {note && <div className="small">{note}</div>}
        </li>
      ))}
    </ol>
  );
}

interface HistoryPanelProps<Event> {
  query: UseQueryResult<{ events: Event[] }>;
  entryOf: (event: Event) => HistoryEntry;
}

export function HistoryPanel<Event>({ query, entryOf }: HistoryPanelProps<Event>) {
  const { t } = useText();
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("findings.history")}</h2>
      </div>
      <div className="panel-body">
        {query.isPending ? (
          <PanelSkeleton rows={3} />
        ) : !query.data ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : (
          <HistoryList entries={query.data.events.map(entryOf)} />
        )}
      </div>
    </section>
  );
}
