// Four eyes: what waits for a second person. Whoever proposed it cannot approve it; the hub tells persons apart, not accounts.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Segmented, Tag } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import {
  Proposal_State as State,
  type Proposal,
  Proposal_StateSchema,
  Decision_OperationSchema,
  Decision_VerdictSchema,
  Proposal_GroundSchema,
} from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { count, money } from "@/lib/money";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { refreshAfterDecision } from "@/pages/review/data";
import { ReviewTabs } from "@/pages/review/ReviewTabs";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import "./review.css";

function What({ proposal }: { proposal: Proposal }) {
  const { t } = useText();
  const { what } = proposal;
  switch (what.case) {
    case "decide":
      return (
        <>
          <b>{word(Decision_VerdictSchema, what.value.verdict)}</b>{" "}
          <Link className="cell" to={`/review?case=${encodeURIComponent(what.value.conflictId)}`}>
            {t("review.openCase")}
          </Link>
          {what.value.comment && <div className="small">{what.value.comment}</div>}
        </>
      );
    case "cluster":
      return (
        <>
          <b>{word(Decision_OperationSchema, what.value.operation)}</b>{" "}
          <Link className="cell code" to={`/review/cluster/${encodeURIComponent(what.value.personId)}`}>
            {what.value.personId}
          </Link>
          <div className="small">
            {t("review.groups", { n: what.value.groups.length })} {what.value.comment}
          </div>
        </>
      );
    case "bulk":
      return (
        <>
          <b>
            {t("review.bulk")}: {word(Decision_VerdictSchema, what.value.verdict)}
          </b>
          <div className="small">{what.value.comment}</div>
        </>
      );
    case "undo":
      return (
        <>
          <b>{t("review.undo")}</b> <span className="code">{what.value.decisionId}</span>
          <div className="small">{what.value.comment}</div>
        </>
      );
    case "revert":
      return (
        <>
          <b>{t("review.revertJob")}</b> <span className="code">{what.value.jobId}</span>
          <div className="small">{what.value.comment}</div>
        </>
      );
    default:
      return <>—</>;
  }
}

function ProposalsPage() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const all = params.get("state") === "ANY";
  const [rejecting, setRejecting] = useState<Proposal | null>(null);
  const [reason, setReason] = useState("");
  const list = useInfiniteQuery({
    queryKey: queryKeys.proposals.list(all),
    queryFn: ({ pageParam, signal }) =>
      review.listProposals(
        {
          states: all ? [State.PENDING, State.APPROVED, State.REJECTED, State.WITHDRAWN, State.STALE] : [],
          pageSize: 50,
          pageToken: pageParam,
        },
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const done = (text: string) => () => {
    message.success(text);
    refreshAfterDecision(client);
    setRejecting(null);
    setReason("");
  };
  const failed = (error: unknown) => {
    message.error(t("review.failed", { message: messageOf(error) }), 8);
    void client.invalidateQueries({ queryKey: queryKeys.proposals.all });
  };
  const approve = useMutation({
    mutationFn: (proposalId: string) => review.approveProposal({ proposalId }),
    onSuccess: done(t("review.approved")),
    onError: failed,
  });
  const reject = useMutation({
    mutationFn: () => review.rejectProposal({ proposalId: rejecting!.proposalId, reason: reason.trim() }),
    onSuccess: done(t("review.rejected")),
    onError: failed,
  });
  const withdraw = useMutation({
    mutationFn: (proposalId: string) => review.withdrawProposal({ proposalId }),
    onSuccess: done(t("review.withdrawn")),
    onError: failed,
  });
  const busy = approve.isPending || reject.isPending || withdraw.isPending;
  const proposals = list.data?.pages.flatMap((page) => page.proposals) ?? [];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("review.title")}</h1>
        <ReviewTabs />
        <span className="lead">{t("review.proposalsLead")}</span>
        <Segmented
          value={all ? "ANY" : ""}
          onChange={(state) => setParams(state ? { state } : {})}
          aria-label={t("findings.state")}
          options={[
            { value: "", label: t("review.pending") },
            { value: "ANY", label: t("common.all") },
          ]}
        />
      </div>
      <div className="panel">
        {list.isPending ? (
          <PanelSkeleton rows={6} />
        ) : !list.data ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : proposals.length === 0 ? (
          <Empty title={t("review.noProposals")} hint={t("review.noProposalsHint")} />
        ) : (
          <div className="panel-body wide">
            <table className="plain-table">
              <caption className="hidden-text">{t("review.proposals")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("review.proposer")}</th>
                  <th scope="col">{t("review.what")}</th>
                  <th scope="col">{t("review.ground")}</th>
                  <th scope="col" className="number">
                    {t("findings.amount")}
                  </th>
                  <th scope="col">{t("review.stateColumn")}</th>
                </tr>
              </thead>
              <tbody>
                {proposals.map((proposal) => (
                  <tr key={proposal.proposalId}>
                    <td>
                      {officerName(proposal.proposer)}
                      <div className="quiet small nowrap">{timeText(proposal.createTime)}</div>
                    </td>
                    <td>
                      <What proposal={proposal} />
                    </td>
                    <td>
                      {word(Proposal_GroundSchema, proposal.ground)}
                      {proposal.conflicts > 1n && <div className="quiet small">{t("review.cases", { n: count(proposal.conflicts) })}</div>}
                    </td>
                    <td className="number">{money(proposal.amountFen)}</td>
                    <td>
                      {proposal.state !== State.PENDING ? (
                        <>
                          <Tag>{word(Proposal_StateSchema, proposal.state)}</Tag>
                          <div className="quiet small">{[officerName(proposal.approver), proposal.reason].filter(Boolean).join(" · ")}</div>
                        </>
                      ) : proposal.mine ? (
                        <span className="row">
                          <span className="quiet small">{t("review.mineToWait")}</span>
                          <Button size="small" disabled={busy} onClick={() => withdraw.mutate(proposal.proposalId)}>
                            {t("review.withdraw")}
                          </Button>
                        </span>
                      ) : may("approve") ? (
                        <span className="row">
                          <Button size="small" type="primary" disabled={busy} onClick={() => approve.mutate(proposal.proposalId)}>
                            {t("review.approve")}
                          </Button>
                          <Button size="small" disabled={busy} onClick={() => setRejecting(proposal)}>
                            {t("review.reject")}
                          </Button>
                        </span>
                      ) : (
                        <Tag>{word(Proposal_StateSchema, State.PENDING)}</Tag>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <More
              shown={proposals.length}
              hasMore={list.hasNextPage}
              loading={list.isFetchingNextPage}
              load={() => void list.fetchNextPage()}
            />
          </div>
        )}
      </div>
      <Modal
        open={rejecting !== null}
        title={t("review.reject")}
        okText={t("review.reject")}
        cancelText={t("common.cancel")}
        okButtonProps={{ disabled: reason.trim() === "" }}
        confirmLoading={reject.isPending}
        onOk={() => reject.mutate()}
        onCancel={() => setRejecting(null)}
      >
        <Input.TextArea
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={500}
          rows={3}
          placeholder={t("review.rejectReason")}
          aria-label={t("review.rejectReason")}
        />
      </Modal>
    </div>
  );
}

export { ProposalsPage as Component };
