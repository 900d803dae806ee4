// What was decided, by whom; every decision can be taken back from here.
import { useInfiniteQuery } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Modal, Tag } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { review } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import {
  Decision_Operation,
  Decision_Verdict,
  type Decision,
  Decision_OperationSchema,
  Decision_VerdictSchema,
} from "@/gen/relief/v1/review_service_pb";
import { recordText } from "@/lib/sources";
import { timeText } from "@/lib/dates";
import { useDraft } from "@/lib/useDraft";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { Officers } from "@/pages/review/Officers";
import { ReviewTabs } from "@/pages/review/ReviewTabs";
import { useDecide } from "@/pages/review/useDecide";
import { DataTable, type Column } from "@/parts/DataTable";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import "./review.css";

const SHOWN = 4;

// The two of a pair; of a cluster, all that the decision speaks of.
function recordsOf({ recordA, recordB, constraints }: Decision): string[] {
  const names = recordA && recordB ? [recordA, recordB] : constraints.flatMap((one) => [one.recordA, one.recordB]);
  return [...new Set(names.flatMap((name) => (name ? [recordText(name)] : [])))];
}

function DecisionsPage() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const [asking, setAsking] = useState<Decision | null>(null);
  const [reason, setReason, forgetReason] = useDraft(`undo/${asking?.decisionId ?? ""}`, "");
  const [said, setSaid] = useState("");
  const [params, setParams] = useSearchParams();
  const [mine, standing] = [params.get("mine") === "1", params.get("standing") === "1"];
  const conflictId = params.get("case") ?? "";
  const change = (name: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const list = useInfiniteQuery({
    queryKey: queryKeys.decisions.list(mine, standing, conflictId),
    queryFn: ({ pageParam, signal }) =>
      review.listDecisions({ pageSize: 50, pageToken: pageParam, onlyMine: mine, onlyStanding: standing, conflictId }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const { undo } = useDecide((event) => {
    setSaid(event.text);
    if (event.type === "undone") message.success(event.text);
    else message.error(event.text, 8);
    if (event.type === "undone") forgetReason();
    setAsking(null);
  });
  const decisions = list.data?.pages.flatMap((page) => page.decisions) ?? [];
  const columns: Column<Decision>[] = [
    { title: t("review.time"), width: 150, className: "nowrap", render: (decision) => timeText(decision.time) },
    { title: t("review.officer"), width: 150, render: ({ officer, approver }) => <Officers officer={officer} approver={approver} /> },
    {
      title: t("review.verdictColumn"),
      width: 130,
      render: ({ operation, verdict }) =>
        operation > Decision_Operation.PAIR ? (
          <Tag color="blue">{word(Decision_OperationSchema, operation)}</Tag>
        ) : (
          <Tag color={verdict === Decision_Verdict.SAME ? "green" : verdict === Decision_Verdict.DIFFERENT ? "red" : undefined}>
            {word(Decision_VerdictSchema, verdict)}
          </Tag>
        ),
    },
    {
      title: t("review.pair"),
      render: (decision) => {
        const names = recordsOf(decision);
        return (
          <>
            <span className="code">
              {names.slice(0, SHOWN).map((name) => (
                <div key={name}>{name}</div>
              ))}
              {names.length > SHOWN && <div className="quiet">+ {names.length - SHOWN}</div>}
            </span>
            {decision.conflictId && (
              <Link className="cell small" to={`/review?case=${encodeURIComponent(decision.conflictId)}`}>
                {t("review.openCase")}
              </Link>
            )}
          </>
        );
      },
    },
    { title: t("review.commentColumn"), render: ({ comment }) => comment || <span className="quiet">—</span> },
    {
      title: t("review.stateColumn"),
      width: 210,
      render: (decision) =>
        decision.undoTime ? (
          <span className="quiet">{t("review.takenBack", { time: timeText(decision.undoTime) })}</span>
        ) : (
          <span className="row">
            {t("review.standing")}
            {may("decide") && (
              <Button size="small" onClick={() => setAsking(decision)}>
                {t("review.undo")}
              </Button>
            )}
          </span>
        ),
    },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("review.title")}</h1>
        <ReviewTabs />
      </div>
      <div className="filters" role="search" aria-label={t("gaps.filters")}>
        <Input.Search
          key={conflictId}
          className="case-search"
          defaultValue={conflictId}
          placeholder={t("review.caseNumber")}
          aria-label={t("review.caseNumber")}
          onSearch={(text) => change("case", text.normalize("NFKC").trim().toUpperCase())}
          allowClear
        />
        <Checkbox checked={mine} onChange={(event) => change("mine", event.target.checked ? "1" : "")}>
          {t("review.onlyMine")}
        </Checkbox>
        <Checkbox checked={standing} onChange={(event) => change("standing", event.target.checked ? "1" : "")}>
          {t("review.onlyStanding")}
        </Checkbox>
      </div>
      <div className="panel">
        {list.isPending ? (
          <PanelSkeleton rows={8} />
        ) : list.isError && !list.data ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : decisions.length === 0 ? (
          <Empty title={t("review.historyEmpty")} hint={t("review.historyEmptyHint")}>
            {params.size > 0 && <Button onClick={() => setParams({})}>{t("common.clear")}</Button>}
          </Empty>
        ) : (
          <>
            <DataTable caption={t("review.history")} columns={columns} rows={decisions} keyOf={({ decisionId }) => decisionId} />
            <More
              shown={decisions.length}
              hasMore={list.hasNextPage}
              loading={list.isFetchingNextPage}
              load={() => void list.fetchNextPage()}
            />
          </>
        )}
      </div>
      <div className="hidden-text" role="status" aria-live="polite">
        {said}
      </div>
      <Modal
        open={asking !== null}
        title={t("review.undoTitle")}
        okText={t("review.undo")}
        cancelText={t("common.cancel")}
        confirmLoading={undo.isPending}
        onOk={() => asking && undo.mutate({ decisionId: asking.decisionId, comment: reason.trim() })}
        onCancel={() => setAsking(null)}
      >
        <p>{t("review.undoText")}</p>
        <Input.TextArea
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={500}
          rows={2}
          placeholder={t("review.undoReason")}
          aria-label={t("review.undoReason")}
        />
      </Modal>
    </div>
  );
}

export { DecisionsPage as Component };
