// The reports that the hub writes to a folder by itself.
import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { reports } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { timeText } from "@/lib/dates";
import { useText } from "@/locales";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";

export function SchedulesPanel() {
  const { t, language } = useText();
  const query = useQuery({ queryKey: queryKeys.schedules, queryFn: ({ signal }) => reports.listReportSchedules({}, { signal }) });
  if (query.isPending)
    return (
      <div className="panel">
        <PanelSkeleton rows={4} />
      </div>
    );
  if (!query.data)
    return (
      <div className="panel">
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  const { schedules } = query.data;
  if (schedules.length === 0)
    return (
      <div className="panel">
        <Empty title={t("operations.noSchedules")} hint={t("operations.noSchedulesHint")} />
      </div>
    );
  return (
    <section className="panel">
      <div className="panel-body wide">
        <table className="plain-table">
          <caption className="hidden-text">{t("operations.schedules")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("operations.schedule")}</th>
              <th scope="col">{t("operations.next")}</th>
              <th scope="col">{t("operations.last")}</th>
              <th scope="col">{t("operations.file")}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {schedules.map((schedule) => (
              <tr key={schedule.name}>
                <th scope="row">
                  <span className="code">{schedule.name}</span>
                  <div className="quiet small">{language === "zh" ? schedule.descriptionZh : schedule.descriptionEn}</div>
                </th>
                <td className="nowrap">{timeText(schedule.nextTime)}</td>
                <td className="nowrap">{timeText(schedule.lastTime) || t("operations.never")}</td>
                <td className="code">{schedule.lastFile}</td>
                <td>
                  {schedule.failedSince && (
                    <>
                      <Tag color="red">{t("operations.failedSince", { time: timeText(schedule.failedSince) })}</Tag>
                      {schedule.failure}
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
