// One case: why it is here, the two records side by side, what each verdict would do, both persons' benefits, the weights, and
// what was said about it.
import { WarningOutlined } from "@ant-design/icons";
import { Button, type InputRef } from "antd";
import type { RefObject } from "react";
import { Link } from "react-router";
import { troubleOf } from "@/api/errors";
import { MatchExplanation_VetoSchema } from "@/gen/relief/v1/registry_service_pb";
import { useSession } from "@/session/session";
import { WorkItem_State, type Case, type CaseSide, type Conflict, Conflict_KindSchema } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { KEY_CAPS } from "@/lib/keys";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { codeWord, word, sideName } from "@/locales/words";
import { CaseHistory } from "@/pages/review/CaseHistory";
import { CompareTable } from "@/pages/review/CompareTable";
import { Effects } from "@/pages/review/Effects";
import { Timeline, type TimelineEntry } from "@/parts/Timeline";
import { Waterfall } from "@/parts/Waterfall";

function PersonLine({ mark, side, conflictId }: { mark: "a" | "b"; side: CaseSide; conflictId: string }) {
  const { t, language } = useText();
  const { may } = useSession();
  return (
    <div className="person-line">
      <span className={`side-mark side-${mark}`}>{sideName(mark)}</span>
      <b>{language === "zh" ? side.nicknameZh : side.nicknameEn}</b>
      {may("person") ? (
        <Link
          className="cell code"
          to={`/person?id=${encodeURIComponent(side.personId)}&purpose=REVIEW&case=${encodeURIComponent(conflictId)}`}
        >
          {side.personId}
        </Link>
      ) : (
        <span className="code">{side.personId}</span>
      )}
      <span className="quiet">{t("review.records", { n: side.records })}</span>
      {may("decide") && (
        <Link className="cell" to={`/review/cluster/${encodeURIComponent(side.personId)}`}>
          {t("review.cluster")}
        </Link>
      )}
    </div>
  );
}

function entriesOf(side: CaseSide | undefined, mark: "a" | "b"): TimelineEntry[] {
  if (!side) return [];
  return [side.record, ...side.otherRecords].flatMap((one) => (one?.record ? [{ record: one.record, side: mark }] : []));
}

export interface Claim {
  mine: boolean;
  busy: boolean;
  toggle: () => void;
}

// Whose work the case is, and that it waits for a second person.
function Work({ conflict, claim }: { conflict: Conflict; claim: Claim }) {
  const { t } = useText();
  const { may } = useSession();
  const { work } = conflict;
  if (!work) return null;
  return (
    <span className="row end case-work">
      {work.state === WorkItem_State.PROPOSED && (
        <Link className="cell" to="/review/proposals">
          {t("review.waitsForSecond")}
        </Link>
      )}
      {work.claimedBy && !claim.mine && <span className="quiet">{t("review.claimedBy", { who: officerName(work.claimedBy) })}</span>}
      {claim.mine && <span className="quiet">{t("review.claimedUntil", { time: timeText(work.leaseEndTime).slice(-5) })}</span>}
      {may("decide") && (
        <Button size="small" loading={claim.busy} aria-keyshortcuts={KEY_CAPS.assign} onClick={claim.toggle}>
          <kbd>{KEY_CAPS.assign}</kbd>
          {t(claim.mine ? "review.release" : "review.claim")}
        </Button>
      )}
    </span>
  );
}

function Why({ conflict, claim }: { conflict: Conflict; claim: Claim }) {
  const { t, language } = useText();
  const { explanation } = conflict;
  if (!explanation) return null;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{word(Conflict_KindSchema, conflict.kind)}</h2>
        <span className="quiet small">
          {t("review.model")} <span className="code">{explanation.modelVersion.split(" ")[0]}</span>
        </span>
        <Work conflict={conflict} claim={claim} />
      </div>
      <div className="panel-body">
        <p className="sentence">{language === "zh" ? explanation.sentenceZh : explanation.sentenceEn}</p>
        {explanation.vetoes.length > 0 && (
          <div className="vetoes">
            <WarningOutlined aria-hidden />
            <b>{t("review.vetoes")}</b>
            <ul>
              {explanation.vetoes.map((veto) => (
                <li key={veto}>{codeWord(MatchExplanation_VetoSchema, veto)}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </section>
  );
}

interface CaseViewProps {
  shown: Case;
  commentBox: RefObject<InputRef | null>;
  claim: Claim;
}

export function CaseView({ shown, commentBox, claim }: CaseViewProps) {
  const { t } = useText();
  const conflict = shown.conflict!;
  const { sideA, sideB } = shown;
  const together = sideA?.personId === sideB?.personId;
  const entries = [...entriesOf(sideA, "a"), ...(together ? [] : entriesOf(sideB, "b"))];
  return (
    <article
      className="case"
      data-conflict={conflict.conflictId}
      aria-label={`${word(Conflict_KindSchema, conflict.kind)} ${conflict.conflictId}`}
    >
      <Why conflict={conflict} claim={claim} />
      <section className="panel">
        <div className="panel-head">
          <h2>{t("review.compare")}</h2>
        </div>
        <div className="panel-body">
          <CompareTable a={sideA?.record} b={sideB?.record} fields={shown.fields} evidence={conflict.explanation?.fields ?? []} />
        </div>
      </section>
      <Effects shown={shown} />
      <section className="panel timeline-panel">
        <div className="panel-head">
          <h2>{t("review.timeline")}</h2>
        </div>
        <div className="panel-body">
          <div className="person-lines">
            {sideA && <PersonLine mark="a" side={sideA} conflictId={conflict.conflictId} />}
            {sideB && !together && <PersonLine mark="b" side={sideB} conflictId={conflict.conflictId} />}
          </div>
          {entries.length > 0 ? <Timeline entries={entries} /> : <p className="quiet">{t("review.noBenefits")}</p>}
        </div>
      </section>
      {conflict.explanation && (
        <section className="panel" id="evidence" tabIndex={-1}>
          <div className="panel-head">
            <h2>{t("review.waterfall")}</h2>
          </div>
          <div className="panel-body">
            <p className="quiet hint">{t("review.waterfallHint")}</p>
            <Waterfall explanation={conflict.explanation} />
          </div>
        </section>
      )}
      <CaseHistory conflictId={conflict.conflictId} events={shown.events} box={commentBox} />
    </article>
  );
}

export function isGone(error: unknown): boolean {
  return troubleOf(error) === "notFound";
}
