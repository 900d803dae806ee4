// Uncertain matches, one at a time: the queue on the left, the case on the right, decided from the keyboard.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useSession } from "@/app/session";
import { Conflict_Kind, Decision_Verdict } from "@/gen/relief/v1/review_service_pb";
import type { Command } from "@/lib/keys";
import { named, useText } from "@/locales";
import { CaseView, isGone } from "@/pages/review/CaseView";
import { conflictQuery, conflictsQuery, prefetchCase } from "@/pages/review/data";
import { DecisionBar } from "@/pages/review/DecisionBar";
import { HelpDialog } from "@/pages/review/HelpDialog";
import { Queue } from "@/pages/review/Queue";
import { ReviewTabs } from "@/pages/review/ReviewTabs";
import { useDecide, type DecisionEvent } from "@/pages/review/useDecide";
import { useKeys } from "@/pages/review/useKeys";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import "./review.css";

const KINDS = Object.keys(Conflict_Kind).filter((name) => Number.isNaN(Number(name)) && name !== "KIND_UNSPECIFIED");
const NOTHING = Decision_Verdict.VERDICT_UNSPECIFIED;

export function Component() {
  const { t } = useText();
  const { may } = useSession();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [params, setParams] = useSearchParams();
  const asked = params.get("kind") ?? "";
  const kind = KINDS.includes(asked) ? asked : "";
  const list = useInfiniteQuery(conflictsQuery(kind));
  const conflicts = useMemo(() => list.data?.pages.flatMap((page) => page.conflicts) ?? [], [list.data]);
  const selected = params.get("case") ?? conflicts[0]?.conflictId ?? "";
  const at = conflicts.findIndex((conflict) => conflict.conflictId === selected);
  const current = useQuery({ ...conflictQuery(selected), enabled: selected !== "" });
  const conflict = current.data ?? (at >= 0 && !current.error ? conflicts[at] : undefined);

  const [verdict, setVerdict] = useState(NOTHING);
  const [comment, setComment] = useState("");
  const [help, setHelp] = useState(false);
  const [said, setSaid] = useState("");
  const [unsure, setUnsure] = useState<ReadonlySet<string>>(new Set());

  const change = useCallback(
    (name: string, value: string) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value) next.set(name, value);
          else next.delete(name);
          if (name === "kind") next.delete("case");
          return next;
        },
        { replace: name === "case" },
      );
    },
    [setParams],
  );
  const open = (conflictId: string) => change("case", conflictId);
  useEffect(() => {
    setVerdict(NOTHING);
    setComment("");
  }, [selected]);
  useEffect(() => {
    prefetchCase(client, conflicts[at + 1], may("person"));
  }, [client, conflicts, at]);

  const { decide, undo, lastDecision } = useDecide((event: DecisionEvent) => {
    setSaid(event.text);
    if (event.type === "decided") {
      const { decisionId } = event;
      if (event.verdict === Decision_Verdict.UNSURE) setUnsure((before) => new Set(before).add(selected));
      const key = `decision-${decisionId}`;
      message.success({
        key,
        duration: 10,
        content: (
          <>
            {event.text}
            <Button type="link" size="small" onClick={() => (message.destroy(key), undo.mutate({ decisionId, comment: "" }))}>
              <kbd>Z</kbd>
              {t("review.undo")}
            </Button>
          </>
        ),
      });
      const next = conflicts[at + 1] ?? conflicts[at - 1];
      open(next?.conflictId ?? "");
    } else if (event.type === "undone") {
      message.info(event.text);
      open(event.conflictId);
    } else if (event.type === "changed") {
      message.warning(event.text, 8);
      setVerdict(NOTHING);
    } else {
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
  const move = (by: number) => {
    const next = conflicts[at + by];
    if (next) open(next.conflictId);
    if (by > 0 && at + by >= conflicts.length - 3 && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
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
    help: () => setHelp(true),
  };
  useKeys(commands, !help);

  const body = () => {
    if (list.isPending) return <div className="panel review-wide"><PanelSkeleton rows={12} /></div>;
    if (list.isError && !list.data) return <div className="panel review-wide"><ErrorState error={list.error} retry={() => void list.refetch()} /></div>;
    if (conflicts.length === 0 && !params.get("case")) {
      return (
        <div className="panel review-wide">
          <Empty title={t(kind ? "review.emptyFiltered" : "review.empty")} hint={kind ? undefined : t("review.emptyHint")}>
            {kind && <Button onClick={() => change("kind", "")}>{t("common.clear")}</Button>}
          </Empty>
        </div>
      );
    }
    return (
      <>
        <Queue
          conflicts={conflicts}
          selected={selected}
          unsure={unsure}
          select={open}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          loadMore={() => void list.fetchNextPage()}
        />
        <div className="case-column">
          <div className="case-scroll" key={selected}>
            {conflict ? (
              <CaseView conflict={conflict} />
            ) : isGone(current.error) ? (
              <div className="panel">
                <Empty title={t("review.gone")} hint={t("review.goneHint")}>
                  {conflicts.length > 0 && <Button onClick={() => open((conflicts[at + 1] ?? conflicts[0]).conflictId)}>{t("review.next")}</Button>}
                </Empty>
              </div>
            ) : current.isError ? (
              <div className="panel"><ErrorState error={current.error} retry={() => void current.refetch()} /></div>
            ) : (
              <div className="panel"><PanelSkeleton rows={12} /></div>
            )}
          </div>
          {may("decide") ? (
            <DecisionBar
              {...{ verdict, comment, setComment, ready, busy, confirm }}
              choose={setVerdict}
              undo={takeBack}
              help={() => setHelp(true)}
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
        <span className="lead">{at >= 0 && t("review.position", { at: at + 1, of: conflicts.length })}</span>
        <Segmented
          aria-label={t("review.kinds")}
          value={kind}
          onChange={(value) => change("kind", value)}
          options={[{ value: "", label: t("common.all") }, ...KINDS.map((name) => ({ value: name, label: named("conflictKind", name) }))]}
        />
      </div>
      <div className="review-body">{body()}</div>
      <div className="hidden-text" role="status" aria-live="polite">{said}</div>
      <HelpDialog open={help} close={() => setHelp(false)} />
    </div>
  );
}
