// Somebody, or the data, was faster: what is different from what was on the screen.
import { Modal } from "antd";
import { Decision_Verdict, type StaleDecision } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { officerName } from "@/lib/officers";
import { named, useText } from "@/locales";

// "record_a.id_number" -> "记录甲 · 证件号码"
function usePart() {
  const { t } = useText();
  return (changed: string) => {
    const [side, field] = changed.split(".");
    if (!field) return named("changedPart", side);
    return `${t(side === "record_a" ? "review.sideA" : "review.sideB")} · ${named("fields", field)}`;
  };
}

export function StaleDialog({ stale, close }: { stale: StaleDecision; close: () => void }) {
  const { t } = useText();
  const part = usePart();
  const by = stale.settledBy;
  return (
    <Modal
      open
      title={t("review.staleTitle")}
      okText={t("review.lookAgain")}
      cancelButtonProps={{ style: { display: "none" } }}
      onOk={close}
      onCancel={close}
    >
      <p>{t("review.changed")}</p>
      {by && (
        <p>
          {t("review.settledBy", {
            who: officerName(by.officer),
            time: timeText(by.time),
            verdict: named("verdict", Decision_Verdict[by.verdict]),
          })}
          {by.comment && <span className="quiet"> {by.comment}</span>}
        </p>
      )}
      {stale.changed.length > 0 && (
        <>
          <p className="quiet">{t("review.whatChanged")}</p>
          <ul>
            {stale.changed.map((changed) => (
              <li key={changed}>{part(changed)}</li>
            ))}
          </ul>
        </>
      )}
      {!stale.now && !by && <p>{t("review.goneHint")}</p>}
    </Modal>
  );
}
