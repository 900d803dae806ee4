// The figures at a glance, by region and over time.
import { useQuery } from "@tanstack/react-query";
import type { EChartsOption } from "echarts";
import { useCallback, useMemo, type ReactNode } from "react";
import { FindingEvent_Kind, FindingEvent_KindSchema } from "@/gen/relief/v1/finding_service_pb";
import { color } from "@/lib/theme";
import { GapDimension, type GapReport, type GapRow, type Movement } from "@/gen/relief/v1/report_service_pb";
import { FindingKind, FindingKindSchema } from "@/gen/relief/v1/types_pb";
import { monthText } from "@/lib/dates";
import type { Filter } from "@/lib/filter";
import { count, money } from "@/lib/money";
import { changePercent, type Ask } from "@/lib/report";
import { shortRegionName } from "@/lib/regions";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { reportQuery } from "@/pages/gaps/data";
import { Defined } from "@/pages/gaps/Defined";
import { AXIS_TEXT } from "@/parts/Chart";
import { ChartPanel } from "@/parts/ChartPanel";
import { PanelSkeleton } from "@/parts/states";

const KIND_COLORS: Partial<Record<FindingKind, string>> = {
  [FindingKind.DUPLICATE]: color.against,
  [FindingKind.MISSING]: "#d99a2b",
  [FindingKind.STATUS]: "#7a4fa3",
  [FindingKind.OFFSET]: color.brand,
  [FindingKind.IDENTITY]: "#5b6b78",
  [FindingKind.SPLIT]: "#3f8f7f",
};

function Change({ percent }: { percent: number | null }) {
  const { t } = useText();
  if (percent === null) return null;
  const text = percent > 0 ? `+${percent}%` : percent < 0 ? `\u2212${-percent}%` : "0%";
  return (
    <small title={t("gaps.comparedHint")}>
      {" "}
      {text} {t("gaps.compared")}
    </small>
  );
}

export function Figures({ report, compare }: { report: GapReport; compare: boolean }) {
  const { t } = useText();
  const total = report.total;
  if (!total) return null;
  const before = compare ? total.previous : undefined;
  const change = (of: (movement: Movement) => bigint) => <Change percent={changePercent(total.movement, before, of)} />;
  const figures: [string, string, ReactNode][] = [
    ["total.findings", t("gaps.openFindings"), total.suppressed ? t("gaps.withheld") : count(total.findings)],
    ["total.persons", t("gaps.personsConcerned"), total.suppressed ? t("gaps.withheld") : count(total.persons)],
    ["total.amount_fen", t("gaps.amount"), money(total.amountFen)],
    ["total.estimated_fen", t("gaps.estimated"), money(total.estimatedFen)],
    ["total.overdue", t("gaps.overdue"), count(total.overdue)],
    [
      "total.movement.opened",
      word(FindingEvent_KindSchema, FindingEvent_Kind.OPENED),
      <>
        {count(total.movement?.opened ?? 0n)}
        {change((m) => m.opened)}
      </>,
    ],
    [
      "total.movement.closed",
      t("gaps.closed"),
      <>
        {count((total.movement?.closed ?? 0n) + (total.movement?.settled ?? 0n))}
        {change((m) => m.closed + m.settled)}
      </>,
    ],
    ["total.movement.recovered_fen", t("gaps.recovered"), money(total.movement?.recoveredFen ?? 0n)],
  ];
  return (
    <dl className="figures by-four">
      {figures.map(([figure, name, value]) => (
        <div key={figure} className="figure">
          <dt>
            <Defined figure={figure}>{name}</Defined>
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const SHOWN = 12;

interface Labels {
  region: (code: string) => string;
  kind: (kind: FindingKind) => string;
}

const kindLabel = (kind: FindingKind) => word(FindingKindSchema, kind);

function regionsChart(rows: readonly GapRow[], labels: Labels) {
  const sums = new Map<string, bigint>();
  for (const row of rows) sums.set(row.regionPrefix, (sums.get(row.regionPrefix) ?? 0n) + (row.figures?.findings ?? 0n));
  const codes = [...sums]
    .sort((a, b) => Number(b[1] - a[1]))
    .slice(0, SHOWN)
    .map(([code]) => code);
  const kinds = [...new Set(rows.map((row) => row.kind))].sort((a, b) => a - b);
  const at = (code: string, kind: FindingKind) =>
    rows.find((row) => row.regionPrefix === code && row.kind === kind)?.figures?.findings ?? 0n;
  const option: EChartsOption = {
    animation: false,
    grid: { left: 4, right: 24, top: 30, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: color.ink } },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { type: "value", minInterval: 1, axisLabel: AXIS_TEXT, splitLine: { lineStyle: { color: "#eef1f4" } } },
    yAxis: {
      type: "category",
      inverse: true,
      data: codes.map(labels.region),
      axisLabel: { ...AXIS_TEXT, color: color.ink },
      axisTick: { show: false },
    },
    series: kinds.map((kind) => ({
      type: "bar",
      stack: "all",
      name: labels.kind(kind),
      barMaxWidth: 22,
      itemStyle: { color: KIND_COLORS[kind] ?? color.quiet },
      data: codes.map((code) => Number(at(code, kind))),
    })),
  };
  return { codes, kinds, at, option };
}

function trendOption(report: GapReport, names: [string, string, string]): EChartsOption {
  const points = report.trend;
  const line = (name: string, of: (movement: Movement) => bigint, shade: string, dashed = false) => ({
    type: "line" as const,
    name,
    symbolSize: 5,
    lineStyle: { color: shade, type: dashed ? ("dashed" as const) : ("solid" as const) },
    itemStyle: { color: shade },
    data: points.map(({ movement }) => (!movement ? null : Number(of(movement)))),
  });
  return {
    animation: false,
    grid: { left: 4, right: 16, top: 30, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: color.ink } },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: points.map(({ month }) => monthText(month)), axisLabel: AXIS_TEXT, axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, axisLabel: AXIS_TEXT, splitLine: { lineStyle: { color: "#eef1f4" } } },
    series: [
      line(names[0], (m) => m.opened + m.reopened, color.against),
      line(names[1], (m) => m.closed + m.settled, color.for),
      line(names[2], (m) => m.openAtEnd, color.brand, true),
    ],
  };
}

export function Overview({ report, filter, ask, drill }: { report: GapReport; filter: Filter; ask: Ask; drill: (region: string) => void }) {
  const { t } = useText();
  const regionLabel = useCallback((code: string) => shortRegionName(code) || t("gaps.noRegion"), [t]);
  const byKind = useQuery(reportQuery(filter, ask, [GapDimension.BY_KIND, GapDimension.BY_REGION]));
  const regions = useMemo(
    () => regionsChart(byKind.data?.report.rows ?? [], { region: regionLabel, kind: kindLabel }),
    [byKind.data, regionLabel],
  );
  const trend = useMemo(
    () => trendOption(report, [word(FindingEvent_KindSchema, FindingEvent_Kind.OPENED), t("gaps.closed"), t("gaps.openAtEnd")]),
    [report, t],
  );
  return (
    <>
      <Figures report={report} compare={ask.compare} />
      <div className="two">
        {byKind.isPending ? (
          <div className="panel">
            <PanelSkeleton rows={6} />
          </div>
        ) : (
          <ChartPanel
            title={t("gaps.chart")}
            remark={t("gaps.topRegions", { n: SHOWN })}
            option={regions.option}
            height={Math.max(260, 60 + 30 * regions.codes.length)}
            onClick={(name) => {
              const code = regions.codes.find((one) => regionLabel(one) === name);
              if (code) drill(code);
            }}
            columns={[t("gaps.region"), ...regions.kinds.map(kindLabel)]}
            rows={regions.codes.map((code) => ({
              name: regionLabel(code),
              cells: regions.kinds.map((kind) => count(regions.at(code, kind))),
            }))}
          />
        )}
        <ChartPanel
          title={t("gaps.trend")}
          heading={<Defined figure="trend">{t("gaps.trend")}</Defined>}
          option={trend}
          height={260}
          columns={[t("gaps.month"), word(FindingEvent_KindSchema, FindingEvent_Kind.OPENED), t("gaps.closed"), t("gaps.openAtEnd")]}
          rows={report.trend.map(({ month, movement }) => ({
            name: monthText(month),
            cells: movement
              ? [movement.opened + movement.reopened, movement.closed + movement.settled, movement.openAtEnd].map(count)
              : null,
          }))}
        />
      </div>
    </>
  );
}
