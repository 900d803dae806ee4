// What each verdict would do, computed by the hub: persons that merge or part, findings that close or open.
import { Link } from "react-router";
import type { Case, Effect } from "@/gen/relief/v1/review_service_pb";
import type { Finding } from "@/gen/relief/v1/finding_service_pb";
import { Decision_VerdictSchema, Decision_Verdict } from "@/gen/relief/v1/review_service_pb";
import { money } from "@/lib/money";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { findingTitle } from "@/parts/findings";

function List({ label, findings, link }: { label: string; findings: Finding[]; link: boolean }) {
  if (findings.length === 0) return null;
  return (
    <div className="effect-list">
      <span className="quiet">{label}</span>
      <ul>
        {findings.map((finding) => (
          <li key={finding.findingId}>
            {link ? (
              <Link className="cell" to={`/findings/${encodeURIComponent(finding.findingId)}`}>
                {findingTitle(finding)}
              </Link>
            ) : (
              findingTitle(finding)
            )}
            {finding.amountFen > 0n && <span className="quiet"> {money(finding.amountFen)}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function EffectView({ effect }: { effect: Effect }) {
  const { t, language } = useText();
  return (
    <>
      <p className="hint effect-text">{language === "zh" ? effect.sentenceZh : effect.sentenceEn}</p>
      {!effect.achieves && <p className="mark-open small">{t("review.notEnough")}</p>}
      <List label={t("review.wouldOpen")} findings={effect.opens} link={false} />
      <List label={t("review.wouldClose")} findings={effect.closes} link />
      <List label={t("review.wouldChange")} findings={effect.changes} link />
    </>
  );
}

export function Effects({ shown }: { shown: Case }) {
  const { t } = useText();
  const sides = [
    { name: "same", verdict: Decision_Verdict.SAME, effect: shown.ifSame, approval: shown.needsApprovalIfSame },
    { name: "different", verdict: Decision_Verdict.DIFFERENT, effect: shown.ifDifferent, approval: shown.needsApprovalIfDifferent },
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("review.effects")}</h2>
      </div>
      <div className="panel-body effects">
        {sides.map(({ name, verdict, effect, approval }) => (
          <div key={name}>
            <h3 className={`verdict-${name}`}>{word(Decision_VerdictSchema, verdict)}</h3>
            {approval && <p className="mark-open small">{t("review.needsSecond")}</p>}
            {effect ? <EffectView effect={effect} /> : <p className="quiet">—</p>}
          </div>
        ))}
      </div>
    </section>
  );
}
