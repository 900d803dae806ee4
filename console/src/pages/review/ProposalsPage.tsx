// Four eyes: what waits for a second person. Whoever proposed it cannot approve it; the hub tells persons apart, not accounts.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented, Tag } from "antd";
import { Link, useNavigate, useSearchParams } from "react-router";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import { Proposal_State as State, type Proposal, Proposal_StateSchema, Proposal_GroundSchema } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { count, money } from "@/lib/money";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { refreshAfterDecision } from "@/pages/review/data";
import { whatText } from "@/pages/review/proposalText";
import { ReviewTabs } from "@/pages/review/ReviewTabs";
import { DataTable, type Column } from "@/parts/DataTable";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import "./review.css";

const pathOf = ({ proposalId }: Proposal) => `/review/proposals/${encodeURIComponent(proposalId)}`;

// What is asked for, in a word; the page of the proposal shows all of it.
function What({ proposal }: { proposal: Proposal }) {
  const { t } = useText();
  const { what } = proposal;
  return (
    <>
      <Link className="cell" to={pathOf(proposal)}>
        {whatText(proposal)}
      </Link>
      <div className="small">
        {what.case === "cluster" && t("review.groups", { n: what.value.groups.length })} {what.value?.comment}
      </div>
    </>
  );
}

function ProposalsPage() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const all = params.get("state") === "ANY";
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
  const withdraw = useMutation({
    mutationFn: (proposalId: string) => review.withdrawProposal({ proposalId }),
    onSuccess: () => {
      message.success(t("review.withdrawn"));
      refreshAfterDecision(client);
    },
    onError: (error) => {
      message.error(t("review.failed", { message: messageOf(error) }), 8);
      void client.invalidateQueries({ queryKey: queryKeys.proposals.all });
    },
  });
  const columns: Column<Proposal>[] = [
    { title: t("review.what"), render: (proposal) => <What proposal={proposal} /> },
    {
      title: t("review.proposer"),
      width: 150,
      render: ({ proposer, createTime }) => (
        <>
          {officerName(proposer)}
          <div className="quiet small nowrap">{timeText(createTime)}</div>
        </>
      ),
    },
    {
      title: t("review.ground"),
      width: 130,
      render: ({ ground, conflicts }) => (
        <>
          {word(Proposal_GroundSchema, ground)}
          {conflicts > 1n && <div className="quiet small">{t("review.cases", { n: count(conflicts) })}</div>}
        </>
      ),
    },
    { title: t("findings.amount"), width: 130, className: "number", render: ({ amountFen }) => money(amountFen) },
    {
      title: t("review.stateColumn"),
      width: 260,
      render: (proposal) => {
        if (proposal.state !== State.PENDING) {
          return (
            <>
              <Tag>{word(Proposal_StateSchema, proposal.state)}</Tag>
              <div className="quiet small">{[officerName(proposal.approver), proposal.reason].filter(Boolean).join(" · ")}</div>
            </>
          );
        }
        if (proposal.mine) {
          return (
            <span className="row">
              <span className="quiet small">{t("review.mineToWait")}</span>
              <Button size="small" disabled={withdraw.isPending} onClick={() => withdraw.mutate(proposal.proposalId)}>
                {t("review.withdraw")}
              </Button>
            </span>
          );
        }
        if (!may("approve")) return <Tag>{word(Proposal_StateSchema, State.PENDING)}</Tag>;
        return (
          <Button size="small" type="primary" onClick={() => void navigate(pathOf(proposal))}>
            {t("review.examine")}
          </Button>
        );
      },
    },
  ];
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
          <>
            <DataTable
              caption={t("review.proposals")}
              columns={columns}
              rows={proposals}
              keyOf={({ proposalId }) => proposalId}
              open={(proposal) => void navigate(pathOf(proposal))}
            />
            <More
              shown={proposals.length}
              hasMore={list.hasNextPage}
              loading={list.isFetchingNextPage}
              load={() => void list.fetchNextPage()}
            />
          </>
        )}
      </div>
    </div>
  );
}

export { ProposalsPage as Component };
