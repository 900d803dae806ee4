import { Modal } from "antd";
import { KEY_CAPS, type Command } from "@/lib/keys";
import { useText } from "@/locales";

const LINES: [Command, string][] = [
  ["next", "review.keyNext"],
  ["previous", "review.keyPrevious"],
  ["same", "review.same"],
  ["different", "review.different"],
  ["unsure", "review.unsure"],
  ["confirm", "review.confirm"],
  ["undo", "review.undo"],
  ["assign", "review.keyAssign"],
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
              <td>{t(text)}</td>
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
