// The gap report: what is open where, since when, worth what; who is reached; who has reported. Everything that narrows it stands
// in the address.
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { App, Breadcrumb, Button, Checkbox, DatePicker, Dropdown, Tabs } from "antd";
import dayjs from "dayjs";
import { Link } from "react-router";
import { reports } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { saveFile } from "@/api/files";
import { useHubDay } from "@/api/hubDay";
import { useSession } from "@/session/session";
import { ExportFormat, ExportLanguage, GapDimension, type GapReport } from "@/gen/relief/v1/report_service_pb";
import { dateText, dayOf, monthIndex, monthText, timeText } from "@/lib/dates";
import { isEmpty, writeFilter } from "@/lib/filter";
import { count } from "@/lib/money";
import { isRounded, readAsk, writeAsk, type Ask } from "@/lib/report";
import { placeName } from "@/lib/regions";
import { language, useText } from "@/locales";
import { AnswersView } from "@/pages/gaps/AnswersView";
import { CoverageView, FeedsView } from "@/pages/gaps/CoverageView";
import { reportQuery } from "@/pages/gaps/data";
import { MatrixTable } from "@/pages/gaps/MatrixTable";
import { Overview } from "@/pages/gaps/Overview";
import { FilterBar, useFilter } from "@/parts/FilterBar";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import "./gaps.css";

const GROUPS = [GapDimension.BY_RULE, GapDimension.BY_REGION];
const VIEWS = ["overview", "matrix", "answers", "coverage", "feeds"];

// As of when, and from how many of the departments: what is missing in a report may only be missing in the hub.
function Standing({ report }: { report: GapReport }) {
  const { t } = useText();
  const { session } = useSession();
  const late = report.feeds.filter((feed) => feed.late).length;
  return (
    <p className="standing">
      <span>
        {t("gaps.asOf")} {dateText(report.asOfDate)}
      </span>
      <span>
        {t("gaps.made")} {timeText(report.time)}
      </span>
      <span>
        {t("gaps.period")} {monthText(report.fromMonth)} – {monthText(report.toMonth)}
      </span>
      {report.feeds.length > 0 && (
        <span className={late > 0 ? "late" : undefined}>
          {t("gaps.completeness", { n: report.feeds.length - late, of: report.feeds.length })}
        </span>
      )}
      {report.suppressedRows > 0n && <span>{t("gaps.suppressed", { n: count(report.suppressedRows) })}</span>}
      {isRounded(report) && <span>{t("gaps.rounded")}</span>}
      <span className="print-only">
        {t("gaps.printedBy")} {session.user}
      </span>
    </p>
  );
}

// A period ends with the hub's month at the latest.
function PeriodBar({ ask, report, change }: { ask: Ask; report?: GapReport; change: (part: Partial<Ask>) => void }) {
  const day = useHubDay();
  const { t } = useText();
  const month = (text: string) => (text ? dayjs(`${text}-01`) : null);
  const last = day && Math.max(monthIndex(day), report?.time ? monthIndex(dayOf(report.time)) : 0);
  return (
    <div className="filters">
      <DatePicker.RangePicker
        picker="month"
        value={[month(ask.from), month(ask.to)]}
        onChange={(chosen) => change({ from: chosen?.[0]?.format("YYYY-MM") ?? "", to: chosen?.[1]?.format("YYYY-MM") ?? "" })}
        disabledDate={(month) => last !== undefined && month.year() * 12 + month.month() > last}
        placeholder={[t("gaps.fromMonth"), t("gaps.toMonth")]}
        style={{ width: 260 }}
      />
      <DatePicker
        value={ask.at ? dayjs(ask.at) : null}
        onChange={(day) => change({ at: day ? day.format("YYYY-MM-DD") : "" })}
        placeholder={t("person.asKnownAt")}
        aria-label={t("person.asKnownAt")}
      />
      <Checkbox checked={ask.compare} onChange={(event) => change({ compare: event.target.checked })}>
        {t("gaps.compare")}
      </Checkbox>
      <Checkbox checked={ask.full} onChange={(event) => change({ full: event.target.checked })}>
        {t("gaps.full")}
      </Checkbox>
    </div>
  );
}

function GapsPage() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const { filter, params, setParams, clear } = useFilter();
  const ask = readAsk(params);
  const view = VIEWS.includes(params.get("view") ?? "") ? params.get("view")! : "overview";
  const query = useQuery({ ...reportQuery(filter, ask, GROUPS), placeholderData: keepPreviousData });
  const drill = (region: string) => setParams((before) => writeFilter(before, { region }));
  const show = (name: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.set("view", name);
      return next;
    });
  const download = useMutation({
    mutationFn: (format: ExportFormat) =>
      reports.downloadReport(
        {
          report: query.data?.request,
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
  const path = [2, 4, 6, 9].filter((digits) => filter.region.length >= digits).map((digits) => filter.region.slice(0, digits));
  const report = query.data?.report;
  const body = () => {
    if (query.isPending)
      return (
        <div className="panel">
          <PanelSkeleton rows={10} />
        </div>
      );
    if (!report)
      return (
        <div className="panel">
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        </div>
      );
    if (report.rows.length === 0 && view !== "feeds") {
      return (
        <div className="panel">
          <Empty title={t("gaps.empty")} hint={t("gaps.emptyHint")}>
            {!isEmpty(filter) && <Button onClick={clear}>{t("common.clear")}</Button>}
          </Empty>
        </div>
      );
    }
    if (view === "matrix") return <MatrixTable report={report} filter={filter} drill={drill} />;
    if (view === "answers") return <AnswersView report={report} />;
    if (view === "coverage") return <CoverageView report={report} />;
    if (view === "feeds") return <FeedsView report={report} />;
    return <Overview report={report} filter={filter} ask={ask} drill={drill} />;
  };
  return (
    <div className="page gaps-page">
      <div className="page-head">
        <h1>{t("gaps.title")}</h1>
        <Breadcrumb
          aria-label={t("gaps.crumb")}
          items={["", ...path].map((code, i) => ({
            key: code,
            title:
              i === path.length ? (
                <span aria-current="page">{code ? placeName(code) || code : t("gaps.country")}</span>
              ) : (
                <button type="button" className="link" onClick={() => drill(code)}>
                  {code ? placeName(code) || code : t("gaps.country")}
                </button>
              ),
          }))}
        />
        <span className="lead" />
        <Link className="cell no-print" to={`/gaps/monthly${filter.region ? `?region=${filter.region.slice(0, 6)}` : ""}`}>
          {t("gaps.monthly")}
        </Link>
        {may("takeOut") && (
          <Dropdown
            menu={{
              items: [
                { key: "xlsx", label: t("gaps.xlsx"), onClick: () => download.mutate(ExportFormat.EXPORT_XLSX) },
                { key: "csv", label: t("gaps.csv"), onClick: () => download.mutate(ExportFormat.EXPORT_CSV) },
              ],
            }}
            trigger={["click"]}
          >
            <Button className="no-print" loading={download.isPending} disabled={!report}>
              {t("gaps.export")}
            </Button>
          </Dropdown>
        )}
        <Button className="no-print" onClick={() => window.print()}>
          {t("gaps.print")}
        </Button>
      </div>
      <FilterBar states={false} />
      <PeriodBar ask={ask} report={report} change={(part) => setParams((before) => writeAsk(before, part))} />
      {report && <Standing report={report} />}
      <Tabs
        className="no-print"
        activeKey={view}
        onChange={show}
        items={VIEWS.map((name) => ({ key: name, label: t(`gaps.view.${name}`) }))}
      />
      <div className={query.isPlaceholderData ? "gap-body stale" : "gap-body"} aria-busy={query.isFetching}>
        {body()}
      </div>
    </div>
  );
}

export { GapsPage as Component };
