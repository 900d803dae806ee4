// How long findings stay open, how fast agencies answer, and what they say: where a rule is mostly wrong, the rule is wrong.
import type { EChartsOption } from "echarts";
import { useMemo } from "react";
import {
  Disposition_Outcome as Outcome,
  Disposition_OutcomeSchema,
  FindingEvent_Kind,
  FindingEvent_KindSchema,
} from "@/gen/relief/v1/finding_service_pb";
import { color } from "@/lib/theme";
import type { GapReport } from "@/gen/relief/v1/report_service_pb";
import { money } from "@/lib/money";
import { isRounded, meanText, roundedCount } from "@/lib/report";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { findingTitle } from "@/parts/findings";
import { Defined } from "@/pages/gaps/Defined";
import { AXIS_TEXT } from "@/parts/Chart";
import { ChartPanel } from "@/parts/ChartPanel";

function daysText(t: ReturnType<typeof useText>["t"], from: number, to: number): string {
  if (to === 0) return t("gaps.daysFrom", { from });
  return from === to ? t("gaps.days", { n: from }) : t("gaps.daysBetween", { from, to });
}

function Ageing({ report }: { report: GapReport }) {
  const { t } = useText();
  const rounded = isRounded(report);
  const option = useMemo<EChartsOption>(
    () => ({
      animation: false,
      grid: { left: 4, right: 8, top: 30, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: color.ink } },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: {
        type: "category",
        data: report.ageing.map((one) => daysText(t, one.fromDays, one.toDays)),
        axisLabel: { ...AXIS_TEXT, interval: 0, width: 60, overflow: "break" },
        axisTick: { show: false },
      },
      yAxis: { type: "value", minInterval: 1, axisLabel: AXIS_TEXT, splitLine: { lineStyle: { color: "#eef1f4" } } },
      series: [
        {
          type: "bar",
          stack: "all",
          name: t("gaps.inTime"),
          barMaxWidth: 40,
          itemStyle: { color: color.brand },
          data: report.ageing.map((one) => Number(one.findings - one.overdue)),
          tooltip: { valueFormatter: (value) => roundedCount(BigInt(Number(value)), rounded) },
        },
        {
          type: "bar",
          stack: "all",
          name: t("gaps.overdue"),
          itemStyle: { color: color.against },
          data: report.ageing.map((one) => Number(one.overdue)),
          tooltip: { valueFormatter: (value) => roundedCount(BigInt(Number(value)), rounded) },
        },
      ],
    }),
    [report, rounded, t],
  );
  return (
    <ChartPanel
      title={t("gaps.ageing")}
      heading={<Defined figure="ageing">{t("gaps.ageing")}</Defined>}
      option={option}
      height={250}
      columns={[t("gaps.openFor"), t("gaps.byFindings"), t("gaps.overdue"), t("gaps.amount")]}
      rows={report.ageing.map((one) => ({
        name: daysText(t, one.fromDays, one.toDays),
        cells: [roundedCount(one.findings, rounded), roundedCount(one.overdue, rounded), money(one.amountFen)],
      }))}
    />
  );
}

function Response({ report }: { report: GapReport }) {
  const { t } = useText();
  const response = report.response;
  if (!response)
    return (
      <section className="panel">
        <div className="panel-head">
          <h2>{t("gaps.response")}</h2>
        </div>
        <div className="panel-body quiet">{t("gaps.withheld")}</div>
      </section>
    );
  const rounded = isRounded(report);
  const share = (part: bigint) =>
    response.findings > 0n && !(rounded && part === 0n)
      ? ` (${rounded ? t("gaps.about") : ""}${Math.round((100 * Number(part)) / Number(response.findings))}%)`
      : "";
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          <Defined figure="response">{t("gaps.response")}</Defined>
        </h2>
      </div>
      <div className="panel-body">
        <p className="hint">
          {t("gaps.responseText", {
            n: roundedCount(response.findings, rounded),
            answered: roundedCount(response.answered, rounded) + share(response.answered),
            first: meanText(response.meanFirstDays, response.answered, rounded),
            final: roundedCount(response.final, rounded) + share(response.final),
            days: meanText(response.meanFinalDays, response.final, rounded),
          })}
        </p>
        <table className="plain-table">
          <caption className="hidden-text">{t("gaps.response")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("gaps.after")}</th>
              <th scope="col" className="number">
                {t("gaps.firstAnswer")}
              </th>
              <th scope="col" className="number">
                {t("gaps.finalAnswer")}
              </th>
            </tr>
          </thead>
          <tbody>
            {response.buckets.map((bucket) => (
              <tr key={bucket.fromDays}>
                <th scope="row">{daysText(t, bucket.fromDays, bucket.toDays)}</th>
                <td className="number">{roundedCount(bucket.first, rounded)}</td>
                <td className="number">{roundedCount(bucket.final, rounded)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Outcomes({ report }: { report: GapReport }) {
  const { t } = useText();
  const rounded = isRounded(report);
  return (
    <section className="panel long">
      <div className="panel-head">
        <h2>
          <Defined figure="outcomes">{t("gaps.outcomes")}</Defined>
        </h2>
      </div>
      <div className="panel-body gap-scroll" tabIndex={0} role="region" aria-label={t("gaps.outcomes")}>
        <table className="plain-table matrix">
          <caption className="hidden-text">{t("gaps.outcomes")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("gaps.rule")}</th>
              {[
                t("gaps.byFindings"),
                t("gaps.answered"),
                ...[Outcome.CONFIRMED, Outcome.NOT_A_PROBLEM, Outcome.WRONG_PERSON, Outcome.WRONG_DATA].map((outcome) =>
                  word(Disposition_OutcomeSchema, outcome),
                ),
                word(FindingEvent_KindSchema, FindingEvent_Kind.DISPUTED),
                t("gaps.closedUnanswered"),
                t("gaps.falseAlarms"),
              ].map((name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.outcomes.map((row) => (
              <tr key={row.ruleId}>
                <th scope="row">
                  <span className="code">{row.ruleId}</span> {findingTitle(row)}
                </th>
                {[
                  row.findings,
                  row.answered,
                  row.confirmed,
                  row.notAProblem,
                  row.wrongPerson,
                  row.wrongData,
                  row.contradicted,
                  row.closedUnanswered,
                ].map((n, i) => (
                  <td key={i} className={n === 0n ? "number quiet" : "number"}>
                    {roundedCount(n, rounded)}
                  </td>
                ))}
                <td className="number">{row.answered > 0n ? `${(100 * row.falseAlarmRate).toFixed(0)}%` : "—"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function AnswersView({ report }: { report: GapReport }) {
  return (
    <>
      <div className="two">
        <Ageing report={report} />
        <Response report={report} />
      </div>
      <Outcomes report={report} />
    </>
  );
}
