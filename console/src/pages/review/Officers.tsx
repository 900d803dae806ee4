import { officerName } from "@/lib/officers";
import { useText } from "@/locales";

// Who did it, and the second person where one was needed.
export function Officers({ officer, approver }: { officer: string; approver: string }) {
  const { t } = useText();
  return (
    <>
      {officerName(officer)}
      {approver && <div className="quiet small">{t("review.approvedBy", { who: officerName(approver) })}</div>}
    </>
  );
}
