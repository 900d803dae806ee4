import { useEffect, useRef } from "react";
import { Conflict_Kind, type Conflict } from "@/gen/relief/v1/review_service_pb";
import { bitsText } from "@/lib/waterfall";
import { named, useText } from "@/locales";
import { More } from "@/parts/states";

interface QueueProps {
  conflicts: Conflict[];
  selected: string;
  unsure: ReadonlySet<string>;
  select: (conflictId: string) => void;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
}

export function Queue({ conflicts, selected, unsure, select, hasMore, loadingMore, loadMore }: QueueProps) {
  const { t } = useText();
  const current = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest" }); // returns a promise in new browsers: not a clean-up
  }, [selected]);
  return (
    <nav className="queue panel" aria-label={t("review.queue")}>
      <ol>
        {conflicts.map((conflict) => {
          const here = conflict.conflictId === selected;
          return (
            <li key={conflict.conflictId}>
              <button
                ref={here ? current : undefined}
                className={here ? "queue-item here" : "queue-item"}
                aria-current={here || undefined}
                onClick={() => select(conflict.conflictId)}
              >
                <span className="queue-kind">
                  {named("conflictKind", Conflict_Kind[conflict.kind])}
                  {unsure.has(conflict.conflictId) && <em>{t("review.unsure")}</em>}
                </span>
                <span className="queue-bits">{t("common.bits", { n: bitsText(conflict.explanation?.totalBits ?? 0) })}</span>
                <span className="queue-records code">
                  {conflict.recordA?.recordId} · {conflict.recordB?.recordId}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      <More shown={conflicts.length} hasMore={hasMore} loading={loadingMore} load={loadMore} />
    </nav>
  );
}
