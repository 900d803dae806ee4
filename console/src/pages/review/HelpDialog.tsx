import { Modal } from "antd";
import { Decision_Verdict, Decision_VerdictSchema } from "@/gen/relief/v1/review_service_pb";
import { KEY_CAPS, type Command } from "@/lib/keys";
import { useText } from "@/locales";
import { word } from "@/locales/words";

const LINES: [Command, string | Decision_Verdict][] = [
  ["next", "review.keyNext"],
  ["previous", "review.keyPrevious"],
  ["same", Decision_Verdict.SAME],
  ["different", Decision_Verdict.DIFFERENT],
  ["unsure", Decision_Verdict.UNSURE],
  ["confirm", "review.confirm"],
  ["undo", "review.undo"],
  ["assign", "review.keyAssign"],
  ["reason", "review.keyReason"],
  ["comment", "review.keyComment"],
  ["evidence", "review.waterfall"],
  ["reveal", "review.keyReveal"],
  ["search", "review.keySearch"],
  ["help", "review.keyHelp"],
];
const ALSO: Partial<Record<Command, string>> = { next: "↓", previous: "↑" };

export function HelpDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useText();
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("review.helpTitle")} width={380}>
      <table className="plain-table">
        <caption className="hidden-text">{t("review.helpTitle")}</caption>
        <tbody>
          {LINES.map(([command, text]) => (
            <tr key={command}>
              <td style={{ width: 90 }}>
                <kbd>{KEY_CAPS[command]}</kbd>
                {ALSO[command] && <kbd>{ALSO[command]}</kbd>}
              </td>
              <td>{typeof text === "string" ? t(text) : word(Decision_VerdictSchema, text)}</td>
            </tr>
          ))}
          <tr>
            <td>
              <kbd>G</kbd>
              <kbd>Q</kbd>
            </td>
            <td>{t("review.keyQueue")}</td>
          </tr>
        </tbody>
      </table>
      <p className="quiet">{t("review.helpNote")}</p>
    </Modal>
  );
}
