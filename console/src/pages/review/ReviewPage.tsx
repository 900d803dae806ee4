// Uncertain matches, one at a time: the queue on the left, the case on the right, decided from the keyboard.
import { useQuery } from "@tanstack/react-query";
import { App, Button, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useSession } from "@/session/session";
import { Decision_Verdict, type StaleDecision } from "@/gen/relief/v1/review_service_pb";
import type { Command } from "@/lib/keys";
import { count, money } from "@/lib/money";
import { useStateOf } from "@/lib/useStateOf";
import { useText } from "@/locales";
import { BulkDialog } from "@/pages/review/BulkDialog";
import { CaseView, isGone } from "@/pages/review/CaseView";
import { caseQuery, summaryQuery } from "@/pages/review/data";
import { DecisionBar } from "@/pages/review/DecisionBar";
import { HelpDialog } from "@/pages/review/HelpDialog";
import { Queue } from "@/pages/review/Queue";
import { QueueBar } from "@/pages/review/QueueBar";
import { RevealDialog } from "@/pages/review/RevealDialog";
import { ReviewTabs } from "@/pages/review/ReviewTabs";
import { StaleDialog } from "@/pages/review/StaleDialog";
import { useClaim } from "@/pages/review/useClaim";
import { useDecide, type DecisionEvent } from "@/pages/review/useDecide";
import { useKeys } from "@/pages/review/useKeys";
import { useQueue } from "@/pages/review/useQueue";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import "./review.css";

const NOTHING = Decision_Verdict.VERDICT_UNSPECIFIED;

function ReviewPage() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const { queue, list, conflicts, selected, at, empty, narrowed, open, narrow, clear, move } = useQueue();
  const current = useQuery({ ...caseQuery(selected), enabled: selected !== "" });
  const summary = useQuery(summaryQuery(queue)).data;
  const gone = isGone(current.error);
  const shown = gone ? undefined : current.data;
  const conflict = shown?.conflict;

  const [verdict, setVerdict] = useStateOf(selected, NOTHING);
  const [comment, setComment] = useStateOf(selected, "");
  const [said, setSaid] = useState("");
  const [stale, setStale] = useState<StaleDecision | null>(null);
  const [dialog, setDialog] = useState<"" | "help" | "bulk" | "reveal">("");
  const commentBox = useRef<InputRef>(null);
  const filters = useRef<HTMLDivElement>(null);

  const { claim, claiming, mine } = useClaim();
  const { decide, undo, lastDecision } = useDecide((event: DecisionEvent) => {
    setSaid(event.text);
    const following = () => open((conflicts[at + 1] ?? conflicts[at - 1])?.conflictId ?? "");
    switch (event.type) {
      case "decided": {
        const { decisionId } = event;
        const key = `decision-${decisionId}`;
        message.success({
          key,
          duration: 10,
          content: (
            <>
              {event.text}
              <Button type="link" size="small" onClick={() => (message.destroy(key), event.undo())}>
                <kbd>Z</kbd>
                {t("review.undo")}
              </Button>
            </>
          ),
        });
        return following();
      }
      case "proposed":
        message.info(event.text, 6);
        return following();
      case "undone":
        message.info(event.text);
        return event.conflictId ? open(event.conflictId) : undefined;
      case "changed":
        setVerdict(NOTHING);
        open(selected); // stays on the table, though it may have left the queue
        if (event.stale) setStale(event.stale);
        else message.warning(event.text, 8);
        return;
      default:
        message.error(event.text, 8);
    }
  });

  const busy = decide.isPending || undo.isPending;
  const ready = may("decide") && conflict !== undefined && !current.isError;
  const confirm = () => {
    if (!ready || busy) return;
    if (verdict === NOTHING) return void message.info(t("review.chooseFirst"));
    decide.mutate({ conflict, verdict, comment: comment.trim() });
  };
  const takeBack = () => {
    const decisionId = lastDecision();
    if (busy || !may("decide")) return;
    if (!decisionId) return void message.info(t("review.nothingToUndo"));
    undo.mutate({ decisionId, comment: "" });
  };
  const pick = (choice: Decision_Verdict) => ready && !busy && setVerdict(choice);
  const commands: Record<Command, () => void> = {
    next: () => move(1),
    previous: () => move(-1),
    same: () => pick(Decision_Verdict.SAME),
    different: () => pick(Decision_Verdict.DIFFERENT),
    unsure: () => pick(Decision_Verdict.UNSURE),
    confirm,
    undo: takeBack,
    assign: () => ready && !claiming && claim(conflict),
    comment: () => commentBox.current?.focus(),
    evidence: () => document.getElementById("evidence")?.focus(),
    reveal: () => shown && may("person") && setDialog("reveal"),
    search: () => filters.current?.querySelector("input")?.focus(),
    help: () => setDialog("help"),
  };
  useKeys(commands, dialog === "" && !stale);

  const caseBody = () => {
    if (shown)
      return (
        <CaseView
          shown={shown}
          commentBox={commentBox}
          claim={{ mine: mine(conflict), busy: claiming, toggle: () => claim(shown.conflict!) }}
        />
      );
    if (gone) {
      return (
        <div className="panel">
          <Empty title={t("review.gone")} hint={t("review.goneHint")}>
            {conflicts.length > 0 && (
              <Button onClick={() => open((conflicts[at + 1] ?? conflicts[0]).conflictId)}>{t("review.next")}</Button>
            )}
          </Empty>
        </div>
      );
    }
    if (current.isError)
      return (
        <div className="panel">
          <ErrorState error={current.error} retry={() => void current.refetch()} />
        </div>
      );
    return (
      <div className="panel">
        <PanelSkeleton rows={12} />
      </div>
    );
  };
  const body = () => {
    if (list.isPending)
      return (
        <div className="panel review-wide">
          <PanelSkeleton rows={12} />
        </div>
      );
    if (list.isError && !list.data)
      return (
        <div className="panel review-wide">
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        </div>
      );
    if (empty) {
      return (
        <div className="panel review-wide">
          <Empty title={t(narrowed ? "review.emptyFiltered" : "review.empty")} hint={narrowed ? undefined : t("review.emptyHint")}>
            {narrowed && <Button onClick={clear}>{t("common.clear")}</Button>}
          </Empty>
        </div>
      );
    }
    return (
      <>
        <Queue
          conflicts={conflicts}
          selected={selected}
          select={open}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          loadMore={() => void list.fetchNextPage()}
        />
        <div className="case-column">
          <div className="case-scroll" key={selected}>
            {caseBody()}
          </div>
          {may("decide") ? (
            <DecisionBar
              {...{ verdict, comment, setComment, ready, busy, confirm }}
              choose={setVerdict}
              undo={takeBack}
              help={() => setDialog("help")}
            />
          ) : (
            <div className="panel note-panel quiet">{t("review.cannotDecide")}</div>
          )}
        </div>
      </>
    );
  };

  return (
    <div className="review-page">
      <div className="page-head">
        <h1>{t("review.title")}</h1>
        <ReviewTabs />
        <span className="lead small" role="status">
          {at >= 0 && <>{t("review.position", { at: at + 1, of: conflicts.length })} · </>}
          {summary &&
            t("review.summary", { n: count(summary.conflicts), overdue: count(summary.overdue), amount: money(summary.amountFen) })}
        </span>
        {may("decide") && (
          <Button disabled={conflicts.length === 0} onClick={() => setDialog("bulk")}>
            {t("review.bulk")}
          </Button>
        )}
      </div>
      <div ref={filters}>
        <QueueBar queue={queue} change={narrow} />
      </div>
      <div className="review-body">{body()}</div>
      <div className="hidden-text" role="status" aria-live="polite">
        {said}
      </div>
      <HelpDialog open={dialog === "help"} close={() => setDialog("")} />
      {dialog === "bulk" && <BulkDialog queue={queue} close={() => setDialog("")} />}
      {dialog === "reveal" && shown && <RevealDialog shown={shown} close={() => setDialog("")} />}
      {stale && <StaleDialog stale={stale} close={() => setStale(null)} />}
    </div>
  );
}

export { ReviewPage as Component };
