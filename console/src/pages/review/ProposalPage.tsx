// One proposal, for the second person: who asks for what and why, what would change, and only then yes or no.
import { ArrowLeftOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Tag } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { Proposal_GroundSchema, Proposal_State as State, Proposal_StateSchema, type Proposal } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { count, money } from "@/lib/money";
import { officerName } from "@/lib/officers";
import { useDraft } from "@/lib/useDraft";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { refreshAfterDecision } from "@/pages/review/data";
import { ProposalContent } from "@/pages/review/ProposalContent";
import { whatText } from "@/pages/review/proposalText";
import { FactsList, type Fact } from "@/parts/FactsList";
import { ErrorState, PageSkeleton } from "@/parts/states";
import { useSession } from "@/session/session";
import "./review.css";

function Asked({ proposal }: { proposal: Proposal }) {
  const { t } = useText();
  const comment = proposal.what.value?.comment ?? "";
  const rows: Fact[] = [
    [t("review.proposer"), `${officerName(proposal.proposer)} · ${timeText(proposal.createTime)}`],
    [t("review.ground"), word(Proposal_GroundSchema, proposal.ground)],
    [t("findings.amount"), money(proposal.amountFen)],
    [t("review.caseCount"), proposal.conflicts > 1n ? count(proposal.conflicts) : ""],
    [t("review.reasonGiven"), comment || <span className="mark-open">{t("review.noReasonGiven")}</span>],
    [t("review.endedBy"), proposal.endTime ? `${officerName(proposal.approver)} · ${timeText(proposal.endTime)}` : ""],
    [t("findings.reason"), proposal.reason],
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("review.asked")}</h2>
      </div>
      <div className="panel-body">
        <FactsList facts={rows} />
      </div>
    </section>
  );
}

function Answer({ proposal, seen }: { proposal: Proposal; seen: boolean }) {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { proposalId } = proposal;
  const [words, setWords, forgetWords] = useDraft(`proposal/${proposalId}`, "");
  const done = (text: string) => () => {
    message.success(t(text));
    forgetWords();
    refreshAfterDecision(client);
    void navigate("/review/proposals");
  };
  const onError = (error: unknown) => {
    message.error(t("review.failed", { message: messageOf(error) }), 8);
    void client.invalidateQueries({ queryKey: queryKeys.proposals.all });
  };
  const approve = useMutation({
    mutationFn: () => review.approveProposal({ proposalId, comment: words.trim() }),
    onSuccess: done("review.approved"),
    onError,
  });
  const reject = useMutation({
    mutationFn: () => review.rejectProposal({ proposalId, reason: words.trim() }),
    onSuccess: done("review.rejected"),
    onError,
  });
  const withdraw = useMutation({
    mutationFn: () => review.withdrawProposal({ proposalId }),
    onSuccess: done("review.withdrawn"),
    onError,
  });
  const busy = approve.isPending || reject.isPending || withdraw.isPending;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("review.answer")}</h2>
      </div>
      <div className="panel-body">
        {proposal.mine ? (
          <>
            <p className="quiet hint">{t("review.mineToWait")}</p>
            <Button disabled={busy} onClick={() => withdraw.mutate()}>
              {t("review.withdraw")}
            </Button>
          </>
        ) : may("approve") ? (
          <>
            <Input.TextArea
              value={words}
              onChange={(event) => setWords(event.target.value)}
              maxLength={500}
              rows={3}
              placeholder={t("review.answerReason")}
              aria-label={t("review.answerReason")}
            />
            <div className="row cluster-acts">
              <Button type="primary" disabled={busy || !seen} loading={approve.isPending} onClick={() => approve.mutate()}>
                {t("review.approve")}
              </Button>
              <Button danger disabled={busy || words.trim() === ""} loading={reject.isPending} onClick={() => reject.mutate()}>
                {t("review.reject")}
              </Button>
            </div>
            {!seen && <p className="quiet small">{t("review.notSeen")}</p>}
          </>
        ) : (
          <p className="quiet hint">{t("review.cannotApprove")}</p>
        )}
      </div>
    </section>
  );
}

function ProposalPage() {
  const { t } = useText();
  const { proposalId = "" } = useParams();
  const [seen, setSeen] = useState("");
  const query = useQuery({
    queryKey: queryKeys.proposals.one(proposalId),
    queryFn: ({ signal }) => review.getProposal({ proposalId }, { signal }),
  });
  if (query.isPending) return <PageSkeleton />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const proposal = query.data;
  const pending = proposal.state === State.PENDING;
  return (
    <div className="page">
      <div className="page-head">
        <Link className="cell" to="/review/proposals">
          <ArrowLeftOutlined aria-hidden /> {t("review.proposals")}
        </Link>
        <h1>{whatText(proposal)}</h1>
        <Tag color={pending ? "blue" : undefined}>{word(Proposal_StateSchema, proposal.state)}</Tag>
        <span className="lead">{t("review.proposalsLead")}</span>
      </div>
      <div className="cluster-body">
        <div>
          <ProposalContent proposal={proposal} seen={setSeen} />
        </div>
        <div>
          <Asked proposal={proposal} />
          {pending && <Answer proposal={proposal} seen={seen === proposalId} />}
        </div>
      </div>
    </div>
  );
}

export { ProposalPage as Component };
