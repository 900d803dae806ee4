// Why records of one source were refused, and which: for whoever corrects the export.
import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { feeds } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { type RejectionCount, type Source, FieldError_ReasonSchema } from "@/gen/relief/v1/feed_service_pb";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { sourceName } from "@/lib/sources";
import { useText } from "@/locales";
import { recordFieldName, word } from "@/locales/words";
import { DataTable, type Column } from "@/parts/DataTable";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";

export function RejectionsDialog({ source, close }: { source: Source; close: () => void }) {
  const { t } = useText();
  const { sourceId } = source;
  const query = useQuery({
    queryKey: queryKeys.rejections(sourceId),
    queryFn: ({ signal }) => feeds.listRejections({ sourceId }, { signal }),
  });
  const columns: Column<RejectionCount>[] = [
    { title: t("operations.why"), render: ({ reason }) => word(FieldError_ReasonSchema, reason) },
    { title: t("operations.field"), render: ({ field }) => <span title={field}>{recordFieldName(field)}</span> },
    { title: t("operations.records"), className: "number", render: ({ records }) => count(records) },
    { title: t("operations.lastTime"), className: "nowrap", render: ({ lastTime }) => timeText(lastTime) },
    { title: t("operations.samples"), className: "code", render: ({ sampleRecordIds }) => sampleRecordIds.join(" ") },
  ];
  return (
    <Modal
      open
      width={920}
      title={t("operations.rejectedTitle", { source: sourceName(sourceId) })}
      onCancel={close}
      footer={<Button onClick={close}>{t("common.close")}</Button>}
    >
      <p className="quiet">{t("operations.rejectedText")}</p>
      {query.isPending ? (
        <PanelSkeleton rows={4} />
      ) : !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data.rejections.length === 0 ? (
        <Empty title={t("operations.noReasons")} hint={t("operations.noReasonsHint")} />
      ) : (
        <DataTable
          caption={t("operations.rejectedTitle", { source: sourceName(sourceId) })}
          columns={columns}
          rows={query.data.rejections}
          keyOf={({ field, reason }) => `${field} ${reason}`}
        />
      )}
    </Modal>
  );
}
