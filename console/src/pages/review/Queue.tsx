import { useEffect, useRef } from "react";
import { WorkItem_State as State, type Conflict, WorkItem_StateSchema, Conflict_KindSchema } from "@/gen/relief/v1/review_service_pb";
import { money } from "@/lib/money";
import { bitsText } from "@/lib/waterfall";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { DueText } from "@/parts/findings";
import { More } from "@/parts/states";

interface QueueProps {
  conflicts: Conflict[];
  selected: string;
  select: (conflictId: string) => void;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
}

function Work({ conflict }: { conflict: Conflict }) {
  const { t } = useText();
  const { work } = conflict;
  if (!work) return null;
  const who = work.claimedBy
    ? t("review.claimedBy", { who: officerName(work.claimedBy) })
    : work.assignee
      ? t("review.assignedTo", { who: officerName(work.assignee) })
      : "";
  return (
    <>
      <span className="queue-records">
        {money(work.amountFen)}
        {work.dueDate?.year ? (
          <span className="queue-due">
            <DueText due={work.dueDate} overdue={work.overdue} />
          </span>
        ) : null}
      </span>
      {(who || work.state === State.UNSURE || work.state === State.PROPOSED || work.comments > 0) && (
        <span className="queue-records small">
          {[
            work.state === State.UNSURE || work.state === State.PROPOSED ? word(WorkItem_StateSchema, work.state) : "",
            who,
            work.comments > 0 ? t("review.comments", { n: work.comments }) : "",
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      )}
    </>
  );
}

export function Queue({ conflicts, selected, select, hasMore, loadingMore, loadMore }: QueueProps) {
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
                <span className="queue-kind">{word(Conflict_KindSchema, conflict.kind)}</span>
                <span className="queue-bits">
                  {t("common.bits", { n: bitsText(conflict.work?.bits ?? conflict.explanation?.totalBits ?? 0) })}
                </span>
                <span className="queue-records code">
                  {conflict.recordA?.recordId} · {conflict.recordB?.recordId}
                </span>
                <Work conflict={conflict} />
              </button>
            </li>
          );
        })}
      </ol>
      <More shown={conflicts.length} hasMore={hasMore} loading={loadingMore} load={loadMore} />
    </nav>
  );
}
