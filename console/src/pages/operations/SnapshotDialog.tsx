// A full snapshot that would end more records than the limit allows waits for somebody's word.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { feeds } from "@/api/clients";
import { messageOf } from "@/api/errors";
import type { Source } from "@/gen/relief/v1/feed_service_pb";
import { count } from "@/lib/money";
import { sourceName } from "@/lib/sources";
import { useText } from "@/locales";

export function SnapshotDialog({ source, close }: { source: Source; close: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const settle = useMutation({
    mutationFn: (discard: boolean) =>
      feeds.confirmSnapshot({ sourceId: source.sourceId, snapshotId: source.openSnapshotId, discard, reason: reason.trim() }),
    onSuccess: (result, discard) => {
      message.success(discard ? t("operations.discarded") : t("operations.applied", { n: count(result.ended) }), 6);
      void client.invalidateQueries();
      close();
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  const ready = reason.trim() !== "";
  return (
    <Modal
      open
      title={t("operations.confirmTitle", { source: sourceName(source.sourceId) })}
      onCancel={close}
      footer={[
        <Button key="keep" disabled={!ready} loading={settle.isPending && settle.variables} onClick={() => settle.mutate(true)}>
          {t("operations.discard")}
        </Button>,
        <Button
          key="end"
          danger
          type="primary"
          disabled={!ready}
          loading={settle.isPending && !settle.variables}
          onClick={() => settle.mutate(false)}
        >
          {t("operations.apply")}
        </Button>,
      ]}
    >
      <p>{t("operations.confirmText")}</p>
      <Input.TextArea
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        rows={2}
        maxLength={500}
        placeholder={t("operations.reason")}
        aria-label={t("operations.reason")}
      />
    </Modal>
  );
}
