// Bulk decisions: how far they are, what became of them, and taking all of one back.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Progress, Tag } from "antd";
import { useState } from "react";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import { ReviewJob_State as State, type ReviewJob, ReviewJob_StateSchema, Decision_VerdictSchema } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { useDraft } from "@/lib/useDraft";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { refreshAfterDecision } from "@/pages/review/data";
import { Officers } from "@/pages/review/Officers";
import { ReviewTabs } from "@/pages/review/ReviewTabs";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import "./review.css";

function JobsPage() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [reverting, setReverting] = useState<ReviewJob | null>(null);
  const [reason, setReason, forgetReason] = useDraft(`revert/${reverting?.jobId ?? ""}`, "");
  const list = useInfiniteQuery({
    queryKey: queryKeys.jobs,
    queryFn: ({ pageParam, signal }) => review.listReviewJobs({ pageSize: 50, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.jobs.some((job) => job.state === State.RUNNING)) ? 1000 : false,
  });
  const settled = () => {
    void client.invalidateQueries({ queryKey: queryKeys.jobs });
    refreshAfterDecision(client);
    setReverting(null);
    forgetReason();
  };
  const failed = (error: unknown) => message.error(t("review.failed", { message: messageOf(error) }), 8);
  const revert = useMutation({
    mutationFn: () => review.revertReviewJob({ jobId: reverting!.jobId, comment: reason.trim() }),
    onSuccess: settled,
    onError: failed,
  });
  const cancel = useMutation({ mutationFn: (jobId: string) => review.cancelReviewJob({ jobId }), onSuccess: settled, onError: failed });
  const jobs = list.data?.pages.flatMap((page) => page.jobs) ?? [];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("review.title")}</h1>
        <ReviewTabs />
      </div>
      <div className="panel">
        {list.isPending ? (
          <PanelSkeleton rows={6} />
        ) : !list.data ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : jobs.length === 0 ? (
          <Empty title={t("review.noJobs")} hint={t("review.noJobsHint")} />
        ) : (
          <div className="panel-body wide">
            <table className="plain-table">
              <caption className="hidden-text">{t("review.jobs")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("review.time")}</th>
                  <th scope="col">{t("review.officer")}</th>
                  <th scope="col">{t("review.verdictColumn")}</th>
                  <th scope="col">{t("review.progress")}</th>
                  <th scope="col">{t("review.commentColumn")}</th>
                  <th scope="col">{t("review.stateColumn")}</th>
                </tr>
              </thead>
              <tbody>
                {jobs.map((job) => (
                  <tr key={job.jobId}>
                    <td className="nowrap">
                      {timeText(job.createTime)}
                      <div className="quiet small code">{job.jobId}</div>
                    </td>
                    <td>
                      <Officers officer={job.officer} approver={job.approver} />
                    </td>
                    <td>
                      {job.revertsJobId ? t("review.revertOf", { job: job.revertsJobId }) : word(Decision_VerdictSchema, job.verdict)}
                    </td>
                    <td className="job-progress">
                      <Progress
                        percent={job.total > 0n ? Math.round((100 * Number(job.done + job.skipped + job.failed)) / Number(job.total)) : 100}
                        size="small"
                        aria-label={t("review.progress")}
                      />
                      <div className="quiet small">
                        {t("review.jobCounts", {
                          done: count(job.done),
                          skipped: count(job.skipped),
                          failed: count(job.failed),
                          total: count(job.total),
                        })}
                      </div>
                    </td>
                    <td>{job.comment}</td>
                    <td>
                      <span className="row">
                        <Tag>{word(ReviewJob_StateSchema, job.state)}</Tag>
                        {may("decide") && job.state === State.RUNNING && (
                          <Button size="small" onClick={() => cancel.mutate(job.jobId)}>
                            {t("review.stopJob")}
                          </Button>
                        )}
                        {may("decide") &&
                          (job.state === State.DONE || job.state === State.CANCELLED) &&
                          !job.revertedByJobId &&
                          !job.revertsJobId &&
                          job.done > 0n && (
                            <Button size="small" onClick={() => setReverting(job)}>
                              {t("review.revertJob")}
                            </Button>
                          )}
                        {job.revertedByJobId && <span className="quiet small">{t("review.reverted")}</span>}
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <More shown={jobs.length} hasMore={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
          </div>
        )}
      </div>
      <Modal
        open={reverting !== null}
        title={t("review.revertJob")}
        okText={t("review.revertJob")}
        cancelText={t("common.cancel")}
        okButtonProps={{ disabled: reason.trim() === "" }}
        confirmLoading={revert.isPending}
        onOk={() => revert.mutate()}
        onCancel={() => setReverting(null)}
      >
        <p>{t("review.revertText", { n: count(reverting?.done ?? 0n) })}</p>
        <Input.TextArea
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={500}
          rows={2}
          placeholder={t("operations.reason")}
          aria-label={t("operations.reason")}
        />
      </Modal>
    </div>
  );
}

export { JobsPage as Component };
