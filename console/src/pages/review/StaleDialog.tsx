// Somebody, or the data, was faster: what is different from what was on the screen.
import { Modal } from "antd";
import { type StaleDecision, StaleDecision_PartSchema, Decision_VerdictSchema } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { codeWord, fieldName, word } from "@/locales/words";

// "record_a.id_number" -> "记录甲 · 证件号码"
function partName(changed: string): string {
  const [part, field] = changed.split(".");
  return [codeWord(StaleDecision_PartSchema, part), field && fieldName(field)].filter(Boolean).join(" · ");
}

export function StaleDialog({ stale, close }: { stale: StaleDecision; close: () => void }) {
  const { t } = useText();
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
            verdict: word(Decision_VerdictSchema, by.verdict),
          })}
          {by.comment && <span className="quiet"> {by.comment}</span>}
        </p>
      )}
      {stale.changed.length > 0 && (
        <>
          <p className="quiet">{t("review.whatChanged")}</p>
          <ul>
            {stale.changed.map((changed) => (
              <li key={changed}>{partName(changed)}</li>
            ))}
          </ul>
        </>
      )}
      {!stale.now && !by && <p>{t("review.goneHint")}</p>}
    </Modal>
  );
}
