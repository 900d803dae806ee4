// One finding: what bears it out, on which basis, what each side says, and everything that happened to it.
import { ArrowLeftOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { useEffect } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { findingQuery } from "@/api/queries";
import {
  Finding_State,
  type Finding,
  Finding_StateSchema,
  FindingEvent_KindSchema,
  FindingEvent_Kind,
} from "@/gen/relief/v1/finding_service_pb";
import { FindingKind, NeedSchema } from "@/gen/relief/v1/types_pb";
import { dateText, monthRanges, timeText } from "@/lib/dates";
import { KEY_CAPS } from "@/lib/keys";
import { count, money } from "@/lib/money";
import { regionName } from "@/lib/regions";
import { useKeys } from "@/lib/useKeys";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { Answers } from "@/pages/findings/Answers";
import { pathOf, rememberSeen, useNeighbours, type FromList } from "@/pages/findings/data";
import { DeliberationPanel } from "@/pages/findings/Deliberation";
import { EvidencePanel } from "@/pages/findings/Evidence";
import { History } from "@/pages/findings/History";
import { FactsList, type Fact } from "@/parts/FactsList";
import { DueMark, findingTitle } from "@/parts/findings";
import { ReferralOfFinding } from "@/pages/findings/ReferralOfFinding";
import { ErrorState, PageSkeleton } from "@/parts/states";
import { KindTag, programmeName, SeverityMark } from "@/parts/tags";
import "./findings.css";

function Facts({ finding }: { finding: Finding }) {
  const { t } = useText();
  const separator = t("common.listSeparator");
  const rows: Fact[] = [
    [t("findings.notify"), finding.notify.map(programmeName).join(separator)],
    [t("findings.months"), monthRanges(finding.overlapMonths)],
    [
      t("findings.amount"),
      <>
        {money(finding.amountFen)}
        {finding.amountIsEstimate && <span className="quiet"> {t("findings.estimateHint")}</span>}
      </>,
    ],
    [t("findings.need"), finding.need ? word(NeedSchema, finding.need) : ""],
    [t("findings.regions"), finding.regions.map(regionName).join(separator)],
    [
      t("findings.due"),
      finding.dueDate?.year ? (
        <>
          {dateText(finding.dueDate)} <DueMark finding={finding} />
        </>
      ) : (
        ""
      ),
    ],
    [t("findings.escalation"), finding.escalation > 0 ? t("findings.times", { n: finding.escalation }) : ""],
    [t("findings.opened"), timeText(finding.openTime)],
    [t("findings.closed"), timeText(finding.closeTime)],
    [t("findings.suppressedUntil"), dateText(finding.suppressedUntil)],
    [t("findings.ruleVersion"), `${finding.ruleId} · ${finding.ruleVersion}`],
  ];
  return <FactsList facts={rows} />;
}

function Basis({ finding }: { finding: Finding }) {
  const { t } = useText();
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("findings.basis")}</h2>
        <span className={finding.basisConfirmed ? "end mark-ok" : "end mark-open"}>
          {t(finding.basisConfirmed ? "findings.basisConfirmed" : "findings.basisUnconfirmed")}
        </span>
      </div>
      <div className="panel-body">
        <blockquote className="basis" lang="zh-CN">
          {finding.legalBasis || t("common.unknown")}
        </blockquote>
      </div>
    </section>
  );
}

// The list that this finding was opened from, as one that is walked through without going back to it.
function Steps({ findingId }: { findingId: string }) {
  const { t } = useText();
  const navigate = useNavigate();
  const from = useLocation().state as FromList | null;
  const { at, of, previous, next } = useNeighbours(findingId, from);
  const go = (step: typeof next) => {
    if (step) void navigate(pathOf(step.findingId), { state: step.from, replace: true }); // back leads to the list
  };
  useKeys({ next: () => go(next), previous: () => go(previous) }, from !== null);
  useEffect(() => rememberSeen(findingId), [findingId]);
  if (!from) return null;
  return (
    <nav className="row steps" aria-label={t("findings.steps")}>
      <Button size="small" icon={<LeftOutlined />} disabled={!previous} aria-keyshortcuts={KEY_CAPS.previous} onClick={() => go(previous)}>
        {t("findings.previous")} <kbd>{KEY_CAPS.previous}</kbd>
      </Button>
      {of > 0 && <span className="quiet small nowrap">{t("findings.place", { at: count(at + 1), of: count(of) })}</span>}
      <Button size="small" disabled={!next} aria-keyshortcuts={KEY_CAPS.next} onClick={() => go(next)}>
        <kbd>{KEY_CAPS.next}</kbd> {t("findings.next")} <RightOutlined />
      </Button>
    </nav>
  );
}

function FindingPage() {
  const { t } = useText();
  const navigate = useNavigate();
  const { findingId = "" } = useParams();
  const query = useQuery(findingQuery(findingId));
  if (query.isPending) return <PageSkeleton />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const finding = query.data;
  return (
    <div className="page">
      <div className="page-head">
        <Link
          to="/findings"
          className="cell back"
          onClick={(event) => {
            // Back to the list as it was filtered, where one came from it.
            if (((window.history.state as { idx?: number } | null)?.idx ?? 0) > 0) {
              event.preventDefault();
              void navigate(-1);
            }
          }}
        >
          <ArrowLeftOutlined aria-hidden /> {t("findings.back")}
        </Link>
        <Steps findingId={findingId} />
        <h1>{findingTitle(finding)}</h1>
        <KindTag kind={finding.kind} />
        <SeverityMark severity={finding.severity} />
        <Tag color={finding.state === Finding_State.OPEN ? "blue" : undefined}>{word(Finding_StateSchema, finding.state)}</Tag>
        {finding.disputed && <Tag color="purple">{word(FindingEvent_KindSchema, FindingEvent_Kind.DISPUTED)}</Tag>}
        {finding.reopened > 0 && <span className="quiet">{t("findings.reopened", { n: finding.reopened })}</span>}
      </div>
      <p className="quiet lead-line">{t("findings.lead")}</p>
      <div className="side-by-side">
        <div>
          <section className="panel">
            <div className="panel-head">
              <h2>{t("findings.inShort")}</h2>
              <span className="end quiet code">{finding.findingId}</span>
            </div>
            <div className="panel-body">
              <Facts finding={finding} />
            </div>
          </section>
          <EvidencePanel finding={finding} />
          <Basis finding={finding} />
        </div>
        <div>
          <Answers key={finding.findingId} finding={finding} />
          {(finding.disputed || finding.deliberation) && <DeliberationPanel finding={finding} />}
          {(finding.kind === FindingKind.MISSING || finding.referralId) && <ReferralOfFinding finding={finding} />}
          <History findingId={finding.findingId} events={finding.events} />
        </div>
      </div>
    </div>
  );
}

export { FindingPage as Component };
