// What a proposal would change, beside what is so now: nobody approves unseen. `seen` is told once all of it stands on the page.
import { create } from "@bufbuild/protobuf";
import { useQuery } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";
import { review } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { Purpose_Kind } from "@/gen/relief/v1/registry_service_pb";
import {
  ClusterDecisionSchema,
  Decision_Operation as Operation,
  Decision_Verdict as Verdict,
  Decision_VerdictSchema,
  Proposal_State as State,
  type Cluster,
  type ClusterDecision,
  type DecideConflictRequest,
  type Decision,
  type Proposal,
} from "@/gen/relief/v1/review_service_pb";
import { keyOf, placesOf, tornLinks } from "@/lib/cluster";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { purposeOf } from "@/lib/purpose";
import { recordText } from "@/lib/sources";
import { bitsText } from "@/lib/waterfall";
import { useText } from "@/locales";
import { sideName, word } from "@/locales/words";
import { CompareTable } from "@/pages/review/CompareTable";
import { caseQuery } from "@/pages/review/data";
import { EffectView } from "@/pages/review/Effects";
import { MemberCells, MemberHeads } from "@/pages/review/Members";
import { Torn } from "@/pages/review/Torn";
import { Officers } from "@/pages/review/Officers";
import { ErrorState, PanelSkeleton } from "@/parts/states";
import { useSession } from "@/session/session";

interface ContentProps {
  proposal: Proposal;
  seen: (proposalId: string) => void;
}

function Panel({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{title}</h2>
        {end && <span className="end">{end}</span>}
      </div>
      <div className="panel-body wide">{children}</div>
    </section>
  );
}

function useSeen(complete: boolean, { proposal, seen }: ContentProps) {
  useEffect(() => {
    if (complete) seen(proposal.proposalId);
  }, [complete, proposal.proposalId, seen]);
}

function Groups({ decision, cluster }: { decision: ClusterDecision; cluster: Cluster }) {
  const { t, language } = useText();
  const known = new Map(
    cluster.groups.flatMap((group) =>
      group.records.flatMap(({ record }) => (record?.name ? [[keyOf(record.name), { record, group }] as const] : [])),
    ),
  );
  const title = (i: number) => {
    if (decision.operation === Operation.MOVE) return t(i === 0 ? "review.movedRecords" : "review.movedTo");
    return t("review.groupTitle", { n: i + 1 });
  };
  return decision.groups.map(({ records }, i) => (
    <Panel key={i} title={title(i)} end={<span className="quiet">{t("review.records", { n: records.length })}</span>}>
      <table className="plain-table members">
        <caption className="hidden-text">{title(i)}</caption>
        <thead>
          <tr>
            <MemberHeads />
            <th scope="col">{t("review.belongsNow")}</th>
          </tr>
        </thead>
        <tbody>
          {records.map((name) => {
            const found = known.get(keyOf(name));
            return (
              <tr key={keyOf(name)}>
                {found ? <MemberCells record={found.record} /> : <td colSpan={5}>{recordText(name)}</td>}
                <td title={found?.group.personId}>
                  {found ? (language === "zh" ? found.group.nicknameZh : found.group.nicknameEn) || found.group.personId : "—"}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  ));
}

function ClusterContent({ decision, ...props }: ContentProps & { decision: ClusterDecision }) {
  const { t } = useText();
  const { may } = useSession();
  const { proposal } = props;
  const pending = proposal.state === State.PENDING;
  const cluster = useQuery({
    queryKey: queryKeys.cluster.one(decision.personId),
    queryFn: ({ signal }) =>
      review.getCluster({ personId: decision.personId, purpose: purposeOf(Purpose_Kind.REVIEW, proposal.proposalId) }, { signal }),
    staleTime: 300_000,
  });
  const effect = useQuery({
    queryKey: queryKeys.proposals.effect(proposal.proposalId),
    queryFn: ({ signal }) => review.previewClusterDecision(create(ClusterDecisionSchema, decision), { signal }),
    enabled: pending && may("decide"),
  });
  useSeen(cluster.data !== undefined && effect.data !== undefined, props);
  if (cluster.isPending) return <PanelSkeleton rows={8} />;
  if (!cluster.data) return <ErrorState error={cluster.error} retry={() => void cluster.refetch()} />;
  const places = placesOf(decision.groups);
  return (
    <>
      {pending && may("decide") && (
        <Panel title={t("review.effects")}>
          {effect.isPending ? (
            <PanelSkeleton rows={2} />
          ) : effect.data ? (
            <EffectView effect={effect.data} />
          ) : (
            <ErrorState error={effect.error} retry={() => void effect.refetch()} />
          )}
          {decision.operation !== Operation.KEEP && <Torn links={tornLinks(cluster.data, (key) => places.get(key))} />}
        </Panel>
      )}
      <Groups decision={decision} cluster={cluster.data} />
    </>
  );
}

function PairContent({ decision, ...props }: ContentProps & { decision: DecideConflictRequest }) {
  const { t, language } = useText();
  const query = useQuery(caseQuery(decision.conflictId));
  const shown = query.data;
  useSeen(shown !== undefined, props);
  if (query.isPending) return <PanelSkeleton rows={8} />;
  if (!shown) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const explanation = shown.conflict?.explanation;
  const effect = decision.verdict === Verdict.SAME ? shown.ifSame : shown.ifDifferent;
  return (
    <>
      {props.proposal.state === State.PENDING && (
        <Panel title={t("review.effects")}>{effect ? <EffectView effect={effect} /> : <p className="quiet">—</p>}</Panel>
      )}
      <Panel
        title={t("review.compare")}
        end={
          <Link className="cell" to={`/review?case=${encodeURIComponent(decision.conflictId)}`}>
            {t("review.openCase")}
          </Link>
        }
      >
        <p className="sentence">{language === "zh" ? explanation?.sentenceZh : explanation?.sentenceEn}</p>
        <CompareTable a={shown.sideA?.record} b={shown.sideB?.record} fields={shown.fields} evidence={explanation?.fields ?? []} />
      </Panel>
    </>
  );
}

const LOOKED_AT = 10; // of a job's cases, with both sides

function JobContent(props: ContentProps) {
  const { t, language } = useText();
  const { jobId } = props.proposal;
  const query = useQuery({
    queryKey: queryKeys.proposals.job(jobId),
    queryFn: async ({ signal }) => {
      const { items } = await review.listReviewJobItems({ jobId, pageSize: 1000 }, { signal });
      const { cases } = await review.batchGetCases(
        { conflictIds: items.slice(0, LOOKED_AT).map(({ conflictId }) => conflictId) },
        { signal },
      );
      return { items, cases };
    },
  });
  useSeen(query.data !== undefined, props);
  if (query.isPending) return <PanelSkeleton rows={8} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const { items, cases } = query.data;
  return (
    <Panel title={t("review.cases", { n: count(props.proposal.conflicts) })}>
      <p className="quiet hint">{t("review.casesShown", { n: cases.length })}</p>
      <table className="plain-table">
        <caption className="hidden-text">{t("review.cases", { n: count(props.proposal.conflicts) })}</caption>
        <thead>
          <tr>
            <th scope="col">{sideName("a")}</th>
            <th scope="col">{sideName("b")}</th>
            <th scope="col" className="number">
              {t("review.weight")}
            </th>
            <th scope="col">{t("review.explanation")}</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {cases.map(({ conflict, sideA, sideB }) => (
            <tr key={conflict?.conflictId}>
              <td>{sideA?.record?.record?.person?.name || "—"}</td>
              <td>{sideB?.record?.record?.person?.name || "—"}</td>
              <td className="number">{bitsText(conflict?.explanation?.totalBits ?? 0)}</td>
              <td className="small">{language === "zh" ? conflict?.explanation?.sentenceZh : conflict?.explanation?.sentenceEn}</td>
              <td className="nowrap">
                <Link className="cell" to={`/review?case=${encodeURIComponent(conflict?.conflictId ?? "")}`}>
                  {t("review.openCase")}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length > cases.length && (
        <details className="twin">
          <summary>{t("review.otherCases", { n: items.length - cases.length })}</summary>
          <ul className="case-links">
            {items.slice(cases.length).map(({ conflictId }) => (
              <li key={conflictId}>
                <Link className="cell code" to={`/review?case=${encodeURIComponent(conflictId)}`}>
                  {conflictId}
                </Link>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}

// Decisions that would be taken back.
function StandingContent({ ask, which, ...props }: ContentProps & { ask: { jobId?: string }; which: (decision: Decision) => boolean }) {
  const { t } = useText();
  const query = useQuery({
    queryKey: queryKeys.proposals.decisions(props.proposal.proposalId),
    queryFn: ({ signal }) => review.listDecisions({ ...ask, pageSize: 1000 }, { signal }),
  });
  const decisions = query.data?.decisions.filter(which) ?? [];
  useSeen(decisions.length > 0, props);
  if (query.isPending) return <PanelSkeleton rows={6} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <Panel title={t("review.toBeUndone", { n: count(decisions.length) })}>
      <table className="plain-table">
        <caption className="hidden-text">{t("review.history")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("review.time")}</th>
            <th scope="col">{t("review.officer")}</th>
            <th scope="col">{t("review.verdictColumn")}</th>
            <th scope="col">{t("review.pair")}</th>
            <th scope="col">{t("review.commentColumn")}</th>
          </tr>
        </thead>
        <tbody>
          {decisions.map((decision) => (
            <tr key={decision.decisionId}>
              <td className="nowrap">{timeText(decision.time)}</td>
              <td>
                <Officers officer={decision.officer} approver={decision.approver} />
              </td>
              <td>{word(Decision_VerdictSchema, decision.verdict)}</td>
              <td className="code">
                {recordText(decision.recordA)}
                <br />
                {recordText(decision.recordB)}
              </td>
              <td>{decision.comment || "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

export function ProposalContent(props: ContentProps) {
  const { what } = props.proposal;
  switch (what.case) {
    case "cluster":
      return <ClusterContent {...props} decision={what.value} />;
    case "decide":
      return <PairContent {...props} decision={what.value} />;
    case "bulk":
      return <JobContent {...props} />;
    case "undo": {
      const { decisionId } = what.value;
      return <StandingContent {...props} ask={{}} which={(decision) => decision.decisionId === decisionId} />;
    }
    case "revert":
      return <StandingContent {...props} ask={{ jobId: what.value.jobId }} which={({ undoTime }) => !undoTime} />;
    default:
      return null;
  }
}
