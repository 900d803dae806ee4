// What the list, the detail and the person page say of a finding in the same words.
import { Finding_State, type Finding } from "@/gen/relief/v1/finding_service_pb";
import { useHubDay } from "@/api/hubDay";
import type { Date as CivilDate } from "@/gen/relief/v1/types_pb";
import { dateText } from "@/lib/dates";
import { dueOf } from "@/lib/due";
import { language, useText } from "@/locales";

export function findingTitle(finding: { titleZh: string; titleEn: string; ruleId: string }): string {
  return (language() === "zh" ? finding.titleZh : finding.titleEn) || finding.ruleId;
}

// How much time is left until a term.
export function DueText({ due, overdue }: { due: CivilDate; overdue: boolean }) {
  useText();
  const { text, tone } = dueOf(due, overdue, useHubDay());
  return (
    <span className={tone} title={dateText(due)}>
      {text}
    </span>
  );
}

// How much time is left to answer.
export function DueMark({ finding }: { finding: Finding }) {
  if (!finding.dueDate?.year || finding.state !== Finding_State.OPEN) return <span className="quiet">—</span>;
  return <DueText due={finding.dueDate} overdue={finding.overdue} />;
}
