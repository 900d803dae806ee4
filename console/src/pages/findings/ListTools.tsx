// Beside the list: straight to a number, and out as a file.
import { useMutation } from "@tanstack/react-query";
import { App, Button, Dropdown, Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { reports } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { saveFile } from "@/api/files";
import { ExportFormat, ExportLanguage } from "@/gen/relief/v1/report_service_pb";
import { numberOf, toMessage, type Filter } from "@/lib/filter";
import { count } from "@/lib/money";
import { language, useText } from "@/locales";
import { ORDERS, pathOf, type Order } from "@/pages/findings/data";

// A finding is opened; of a person the findings are listed.
export function JumpBox({ toPerson }: { toPerson: (personId: string) => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const go = () => {
    const number = numberOf(text);
    setWrong(number === null && text.trim() !== "");
    if (number?.kind === "finding") void navigate(pathOf(number.id));
    if (number?.kind === "person") {
      setText("");
      toPerson(number.id);
    }
  };
  return (
    <span>
      <Input
        className="jump"
        value={text}
        onChange={(event) => (setText(event.target.value), setWrong(false))}
        onPressEnter={go}
        placeholder={t("findings.jump")}
        aria-label={t("findings.jump")}
        aria-invalid={wrong}
        status={wrong ? "error" : undefined}
        allowClear
      />
      <span role="status" className="late small">
        {wrong ? ` ${t("findings.jumpWrong")}` : ""}
      </span>
    </span>
  );
}

export function ExportButton({ filter, order, disabled }: { filter: Filter; order: Order; disabled: boolean }) {
  const { t } = useText();
  const { message } = App.useApp();
  const download = useMutation({
    mutationFn: (format: ExportFormat) =>
      reports.downloadFindings(
        {
          list: { filter: toMessage(filter), orderBy: ORDERS[order] },
          format,
          language: language() === "zh" ? ExportLanguage.EXPORT_CHINESE : ExportLanguage.EXPORT_ENGLISH,
        },
        { timeoutMs: 120_000 },
      ),
    onSuccess: (file) => {
      saveFile(file.fileName, file.contentType, file.content);
      if (file.rowsLeftOut > 0n) message.warning(t("gaps.rowsLeftOut", { n: count(file.rowsLeftOut) }), 10);
    },
    onError: (error) => message.error(t("gaps.exportFailed", { message: messageOf(error) }), 8),
  });
  return (
    <Dropdown
      menu={{
        items: [
          { key: "xlsx", label: t("gaps.xlsx"), onClick: () => download.mutate(ExportFormat.EXPORT_XLSX) },
          { key: "csv", label: t("gaps.csv"), onClick: () => download.mutate(ExportFormat.EXPORT_CSV) },
        ],
      }}
      trigger={["click"]}
    >
      <Button loading={download.isPending} disabled={disabled}>
        {t("gaps.export")}
      </Button>
    </Dropdown>
  );
}
