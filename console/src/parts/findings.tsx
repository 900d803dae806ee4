// What the list, the detail and the person page say of a finding in the same words.
import { Finding_State, type Finding } from "@/gen/relief/v1/finding_service_pb";
import { dateText, daysBetween, today } from "@/lib/dates";
import { language, useText } from "@/locales";

export function findingTitle(finding: { titleZh: string; titleEn: string; ruleId: string }): string {
  return (language() === "zh" ? finding.titleZh : finding.titleEn) || finding.ruleId;
}

// How much time is left to answer.
export function DueMark({ finding }: { finding: Finding }) {
  const { t } = useText();
  if (!finding.dueDate?.year || finding.state !== Finding_State.OPEN) return <span className="quiet">—</span>;
  const left = daysBetween(today(), finding.dueDate);
  const late = finding.overdue || left < 0;
  return (
    <span className={late ? "late" : left <= 3 ? "soon" : undefined} title={dateText(finding.dueDate)}>
      {left < 0 ? t("findings.overdue", { n: -left }) : left === 0 ? t("findings.dueToday") : t("findings.dueIn", { n: left })}
    </span>
  );
}
