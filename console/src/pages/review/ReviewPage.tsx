// Uncertain matches, one at a time: the queue on the left, the case on the right, decided from the keyboard.
import { useQuery } from "@tanstack/react-query";
import { App, Button, type InputRef } from "antd";
import { useEffect, useEffectEvent, useRef, useState, type MouseEvent } from "react";
import { useSession } from "@/session/session";
import { Decision_Verdict, type StaleDecision } from "@/gen/relief/v1/review_service_pb";
import type { Command } from "@/lib/keys";
import { count, money } from "@/lib/money";
import { readDraft, writeDraft } from "@/lib/drafts";
import { useDraft } from "@/lib/useDraft";
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
import { useKeys } from "@/lib/useKeys";
import { useQueue } from "@/pages/review/useQueue";
import { Empty, ErrorState, PanelSkeleton, useOnline } from "@/parts/states";
import "./review.css";

const NOTHING = Decision_Verdict.VERDICT_UNSPECIFIED;
const NONE: ReadonlySet<string> = new Set();
const TOAST = "review"; // one at a time, replaced by the next

interface Draft {
  verdict: Decision_Verdict;
  comment: string;
}
const EMPTY: Draft = { verdict: NOTHING, comment: "" };
const draftOf = (conflictId: string) => `case/${conflictId}`;

// A click of the mouse leaves the keys to the review: Enter would press the same button again.
function leaveKeys(event: MouseEvent) {
  const clicked = event.target as Element;
  if (event.detail > 0 && clicked.closest("button, summary")) (document.activeElement as HTMLElement | null)?.blur();
}

function ReviewPage() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const online = useOnline();
  const [away, setAway] = useState<ReadonlySet<string>>(NONE);
  const { queue, list, conflicts, selected, at, empty, narrowed, open, narrow, clear, move, leave } = useQueue(away);
  const current = useQuery({ ...caseQuery(selected), enabled: selected !== "" });
  const summary = useQuery(summaryQuery(queue)).data;
  const gone = isGone(current.error);
  const shown = gone ? undefined : current.data;
  const conflict = shown?.conflict;

  const [{ verdict, comment }, setDraft, forgetDraft] = useDraft(draftOf(selected), EMPTY);
  const [said, setSaid] = useState("");
  const [stale, setStale] = useState<StaleDecision | null>(null);
  const [dialog, setDialog] = useState<"" | "help" | "bulk" | "reveal">("");
  // Keys that were pressed before they could be obeyed: Enter before its case was read, Z before the decision was saved.
  const held = useRef({ confirm: "", undo: false });
  const commentBox = useRef<InputRef>(null);
  const reasonBox = useRef<InputRef>(null);
  const filters = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  // Where the page scrolls as a whole (small windows), the next case begins at its top.
  useEffect(() => {
    if ((column.current?.getBoundingClientRect().top ?? 0) < 0) column.current?.scrollIntoView({ block: "start" });
  }, [selected]);

  const { claim, claiming, mine } = useClaim();
  const back = (conflictId: string) => setAway((before) => new Set([...before].filter((id) => id !== conflictId)));
  const { decide, undo, lastDecision } = useDecide((event: DecisionEvent) => {
    setSaid(event.text);
    if (event.conflictId && event.type !== "undone") back(event.conflictId);
    switch (event.type) {
      case "decided":
        writeDraft(draftOf(event.conflictId), undefined);
        message.success({
          key: TOAST,
          duration: 10,
          content: (
            <>
              {event.text}
              <Button type="link" size="small" onClick={() => (message.destroy(TOAST), event.undo())}>
                <kbd>Z</kbd>
                {t("review.undo")}
              </Button>
            </>
          ),
        });
        return;
      case "proposed":
        if (event.conflictId) writeDraft(draftOf(event.conflictId), undefined);
        message.info({ key: TOAST, content: event.text, duration: 6 });
        return;
      case "undone":
        message.info({ key: TOAST, content: event.text });
        return event.conflictId ? open(event.conflictId) : undefined;
      case "changed":
        // Back on the table, though it may have left the queue: the verdict was about what has changed since; the reason stays.
        if (event.conflictId) {
          const written = readDraft<Draft>(draftOf(event.conflictId));
          if (written) writeDraft(draftOf(event.conflictId), { ...written, verdict: NOTHING });
          open(event.conflictId);
        }
        if (event.stale) setStale(event.stale);
        else message.warning({ key: TOAST, content: event.text, duration: 8 });
        return;
      default:
        if (event.conflictId) open(event.conflictId);
        message.error({ key: TOAST, content: event.text, duration: 8 });
    }
  });

  const sending = away.size > 0;
  const busy = undo.isPending;
  const ready = may("decide") && online && conflict !== undefined && !current.isError && !away.has(selected);
  const reading = may("decide") && online && selected !== "" && current.isPending;
  // The next case is on the table at once. The one that was decided comes back if the hub refuses it.
  const confirm = () => {
    if (busy) return;
    if (verdict === NOTHING) return void (selected && message.info({ key: TOAST, content: t("review.chooseFirst") }));
    if (reading) return void (held.current.confirm = selected);
    if (!ready) return void (online || message.warning({ key: TOAST, content: t("state.offline") }));
    reasonBox.current?.blur();
    setAway((before) => new Set(before).add(selected));
    decide.mutate({ conflict, verdict, comment: comment.trim() });
    leave();
  };
  const takeBack = () => {
    if (busy || !may("decide")) return;
    if (sending) return void (held.current.undo = true);
    const decisionId = lastDecision();
    if (!decisionId) return void message.info({ key: TOAST, content: t("review.nothingToUndo") });
    undo.mutate({ decisionId, comment: "" });
  };
  const obey = useEffectEvent(() => {
    if (held.current.confirm && !reading) {
      const meant = held.current.confirm === selected;
      held.current.confirm = "";
      if (meant) confirm();
    }
    if (held.current.undo && !sending) {
      held.current.undo = false;
      takeBack();
    }
  });
  useEffect(() => {
    const soon = setTimeout(() => obey());
    return () => clearTimeout(soon);
  }, [reading, sending, selected]);

  const pick = (choice: Decision_Verdict) => (ready || reading) && !busy && setDraft({ verdict: choice, comment });
  const commands: Partial<Record<Command, () => void>> = {
    next: () => move(1),
    previous: () => move(-1),
    same: () => pick(Decision_Verdict.SAME),
    different: () => pick(Decision_Verdict.DIFFERENT),
    unsure: () => pick(Decision_Verdict.UNSURE),
    confirm,
    undo: takeBack,
    assign: () => ready && !claiming && claim(conflict),
    comment: () => commentBox.current?.focus(),
    reason: () => reasonBox.current?.focus(),
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
        <div className="case-column" ref={column}>
          <div className="case-scroll" key={selected}>
            {caseBody()}
          </div>
          {may("decide") ? (
            <DecisionBar
              {...{ verdict, comment, reasonBox, ready, busy, confirm }}
              setComment={(text) => (text || verdict !== NOTHING ? setDraft({ verdict, comment: text }) : forgetDraft())}
              choose={pick}
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
    <div className="review-page" onClick={leaveKeys}>
      <div className="page-head">
        <h1>{t("review.title")}</h1>
        <ReviewTabs />
        <span className="lead small" role="status">
          {sending && <>{t("review.sending", { n: away.size })} · </>}
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
