// Deciding many at once: how many they are, what is at stake, and ten of them to look at, before anything happens.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { Decision_Verdict as Verdict, ReviewJob_State, type Case, Decision_VerdictSchema } from "@/gen/relief/v1/review_service_pb";
import { count, money } from "@/lib/money";
import { queueMessage, type QueueFilter } from "@/lib/queue";
import { useDraft } from "@/lib/useDraft";
import { bitsText } from "@/lib/waterfall";
import { useText } from "@/locales";
import { sideName, word } from "@/locales/words";
import { queueKey, refreshAfterDecision } from "@/pages/review/data";
import { ErrorState, PanelSkeleton } from "@/parts/states";

function Sample({ shown }: { shown: Case }) {
  const { language } = useText();
  const { conflict, sideA, sideB } = shown;
  const explanation = conflict?.explanation;
  return (
    <tr>
      <td>{sideA?.record?.record?.person?.name || "—"}</td>
      <td>{sideB?.record?.record?.person?.name || "—"}</td>
      <td className="number">{bitsText(explanation?.totalBits ?? 0)}</td>
      <td className="small">{language === "zh" ? explanation?.sentenceZh : explanation?.sentenceEn}</td>
    </tr>
  );
}

export function BulkDialog({ queue, close }: { queue: QueueFilter; close: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [verdict, setVerdict] = useState<Verdict>(Verdict.DIFFERENT);
  const [comment, setComment, forgetComment] = useDraft("bulk", "");
  const filter = queueMessage(queue);
  const preview = useQuery({
    queryKey: queryKeys.bulkPreview(queueKey(queue), verdict),
    queryFn: ({ signal }) => review.previewBulk({ filter, verdict }, { signal, timeoutMs: 60_000 }),
    gcTime: 0,
  });
  const start = useMutation({
    mutationFn: () => review.startBulk({ filter, verdict, comment: comment.trim(), previewToken: preview.data?.previewToken ?? "" }),
    onSuccess: (job) => {
      message.success(t(job.state === ReviewJob_State.PROPOSED ? "review.proposed" : "review.jobStarted"), 6);
      forgetComment();
      refreshAfterDecision(client);
      void navigate("/review/jobs");
    },
    onError: (error) => {
      message.error(t("review.failed", { message: messageOf(error) }), 8);
      void preview.refetch();
    },
  });
  const data = preview.data;
  const tooMany = data !== undefined && data.limit > 0n && data.conflicts > data.limit;
  return (
    <Modal
      open
      width={860}
      title={t("review.bulk")}
      okText={t(data?.needsApproval ? "review.propose" : "review.startBulk")}
      cancelText={t("common.cancel")}
      okButtonProps={{ disabled: !data || data.conflicts === 0n || tooMany || comment.trim() === "" }}
      confirmLoading={start.isPending}
      onOk={() => start.mutate()}
      onCancel={close}
    >
      <Radio.Group
        value={verdict}
        onChange={(event) => setVerdict(event.target.value as Verdict)}
        options={[Verdict.SAME, Verdict.DIFFERENT].map((value) => ({ value, label: word(Decision_VerdictSchema, value) }))}
        aria-label={t("review.verdict")}
      />
      {preview.isPending ? (
        <PanelSkeleton rows={6} />
      ) : !data ? (
        <ErrorState error={preview.error} retry={() => void preview.refetch()} />
      ) : (
        <>
          <p>
            {t("review.bulkText", {
              n: count(data.conflicts),
              amount: money(data.amountFen),
              from: bitsText(data.minBits),
              to: bitsText(data.maxBits),
            })}
            {data.skipped > 0n && <span className="quiet"> {t("review.bulkSkipped", { n: count(data.skipped) })}</span>}
          </p>
          {tooMany && <Alert type="error" showIcon title={t("review.bulkLimit", { n: count(data.limit) })} />}
          {data.needsApproval && <Alert type="info" showIcon title={t("review.needsSecond")} />}
          <table className="plain-table">
            <caption className="quiet small">{t("review.samples", { n: data.samples.length, seed: data.seed.toString() })}</caption>
            <thead>
              <tr>
                <th scope="col">{sideName("a")}</th>
                <th scope="col">{sideName("b")}</th>
                <th scope="col" className="number">
                  {t("review.weight")}
                </th>
                <th scope="col">{t("review.explanation")}</th>
              </tr>
            </thead>
            <tbody>
              {data.samples.map((shown) => (
                <Sample key={shown.conflict?.conflictId} shown={shown} />
              ))}
            </tbody>
          </table>
        </>
      )}
      <Input.TextArea
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        maxLength={500}
        rows={2}
        placeholder={t("review.bulkComment")}
        aria-label={t("review.bulkComment")}
      />
    </Modal>
  );
}
