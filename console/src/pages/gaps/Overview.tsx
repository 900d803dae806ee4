// The figures at a glance, by region and over time.
import { useQuery } from "@tanstack/react-query";
import type { EChartsOption } from "echarts";
import { useCallback, useMemo, type ReactNode } from "react";
import { Link } from "react-router";
import { FindingEvent_Kind, FindingEvent_KindSchema } from "@/gen/relief/v1/finding_service_pb";
import { color } from "@/lib/theme";
import { GapDimension, type GapReport, type Movement } from "@/gen/relief/v1/report_service_pb";
import { FindingKind, FindingKindSchema } from "@/gen/relief/v1/types_pb";
import { monthText } from "@/lib/dates";
import { filterKey, type Filter } from "@/lib/filter";
import { count, money } from "@/lib/money";
import { changePercent, headlineOf, isRounded, regionParts, roundedCount, type Ask, type RegionParts } from "@/lib/report";
import { shortRegionName } from "@/lib/regions";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { reportQuery } from "@/pages/gaps/data";
import { Defined } from "@/pages/gaps/Defined";
import { AXIS_TEXT } from "@/parts/Chart";
import { ChartPanel } from "@/parts/ChartPanel";
import { findingTitle } from "@/parts/findings";
import { PanelSkeleton } from "@/parts/states";

const KIND_COLORS: Partial<Record<FindingKind, string>> = {
  [FindingKind.DUPLICATE]: color.against,
  [FindingKind.MISSING]: "#d99a2b",
  [FindingKind.STATUS]: "#7a4fa3",
  [FindingKind.OFFSET]: color.brand,
  [FindingKind.IDENTITY]: "#5b6b78",
  [FindingKind.SPLIT]: "#3f8f7f",
};

function Change({ percent, rounded }: { percent: number | null; rounded: boolean }) {
  const { t } = useText();
  if (percent === null) return null;
  const text = percent > 0 ? `+${percent}%` : percent < 0 ? `\u2212${-percent}%` : "0%";
  return (
    <small title={t("gaps.comparedHint")}>
      {" "}
      {rounded && t("gaps.about")} {text} {t("gaps.compared")}
    </small>
  );
}

export function Figures({ report, compare }: { report: GapReport; compare: boolean }) {
  const { t } = useText();
  const total = report.total;
  if (!total) return null;
  const before = compare ? total.previous : undefined;
  const rounded = isRounded(report);
  const moved = (of: (movement: Movement) => bigint) => (
    <>
      {roundedCount(total.movement ? of(total.movement) : 0n, rounded)}
      <Change percent={changePercent(total.movement, before, of)} rounded={rounded} />
    </>
  );
  const figures: [string, string, ReactNode][] = [
    ["total.findings", t("gaps.openFindings"), count(total.findings)],
    ["total.persons", t("gaps.personsConcerned"), count(total.persons)],
    ["total.amount_fen", t("gaps.amount"), money(total.amountFen)],
    ["total.estimated_fen", t("gaps.estimated"), money(total.estimatedFen)],
    ["total.overdue", t("gaps.overdue"), roundedCount(total.overdue, rounded)],
    ["total.movement.opened", word(FindingEvent_KindSchema, FindingEvent_Kind.OPENED), moved((m) => m.opened)],
    ["total.movement.closed", t("gaps.closed"), moved((m) => m.closed + m.settled)],
    ["total.movement.recovered_fen", t("gaps.recovered"), money(total.movement?.recoveredFen ?? 0n)],
  ];
  return (
    <dl className="figures by-four">
      {figures.map(([figure, name, value]) => (
        <div key={figure} className="figure">
          <dt>
            <Defined figure={figure}>{name}</Defined>
          </dt>
          <dd>{total.suppressed ? t("gaps.withheld") : value}</dd>
        </div>
      ))}
    </dl>
  );
}

// In a few sentences, before any figure: what is overdue, where and of what there is most, and what may be missing for want of data.
function Headlines({
  report,
  filter,
  parts,
  drill,
}: {
  report: GapReport;
  filter: Filter;
  parts: RegionParts;
  drill: (region: string) => void;
}) {
  const { t } = useText();
  const { region, rule, late, sources } = headlineOf(report, parts);
  const rounded = isRounded(report);
  const number = (findings: bigint, atLeast: boolean) => t(atLeast ? "gaps.atLeastSo" : "gaps.soMany", { n: count(findings) });
  const list = (part: Partial<Filter>) => `/findings?${filterKey({ ...filter, states: ["OPEN"], ...part })}`;
  const overdue = report.total?.overdue ?? 0n;
  return (
    <ul className="headlines panel" aria-label={t("gaps.inBrief")}>
      <li className={overdue > 0n ? "bad" : undefined}>
        {overdue > 0n || rounded ? (
          <Link className="cell" to={list({ overdue: true })}>
            {t("gaps.overdueNow", { n: roundedCount(overdue, rounded) })}
          </Link>
        ) : (
          t("gaps.noneOverdue")
        )}
      </li>
      {region && (
        <li>
          {t("gaps.mostIn")}
          <button type="button" className="link" onClick={() => drill(region.code)}>
            {shortRegionName(region.code)}
          </button>
          {number(region.findings, region.atLeast)}
        </li>
      )}
      {rule && (
        <li>
          {t(region ? "gaps.mostThere" : "gaps.mostOf")}
          <Link className="cell" to={list({ rules: [rule.row.ruleId], region: rule.region })}>
            {findingTitle(rule.row)}
          </Link>
          {number(rule.findings, false)}
        </li>
      )}
      {sources > 0 && (
        <li className={late > 0 ? "warn" : undefined}>
          {late > 0 ? (
            <Link className="cell" to="?view=feeds">
              {t("gaps.sourcesLate", { n: late, of: sources })}
            </Link>
          ) : (
            t("gaps.sourcesInTime", { n: sources })
          )}
        </li>
      )}
    </ul>
  );
}

const SHOWN = 12;

interface Labels {
  region: (code: string) => string;
  kind: (kind: FindingKind) => string;
  kinds: (n: number) => string;
  withheld: string;
}

const kindLabel = (kind: FindingKind) => word(FindingKindSchema, kind);

const STRIP = 0.06; // of the longest bar: how long a mark for what is withheld is, whatever it stands for

// Behind what may be shown of a region stands a dashed strip where something is withheld: a mark, not an amount.
function regionsOption({ regions, kinds, at }: RegionParts, labels: Labels): EChartsOption {
  const shown = ({ code }: { code: string }) => kinds.reduce((sum, kind) => sum + Number(at(code, kind) ?? 0n), 0);
  const strip = Math.max(1, STRIP * Math.max(...regions.map(shown)));
  const bar = { type: "bar" as const, stack: "all", barMaxWidth: 22 };
  return {
    animation: false,
    grid: { left: 4, right: 24, top: 30, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: color.ink } },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { type: "value", minInterval: 1, axisLabel: AXIS_TEXT, splitLine: { lineStyle: { color: "#eef1f4" } } },
    yAxis: {
      type: "category",
      inverse: true,
      data: regions.map(({ code }) => labels.region(code)),
      axisLabel: { ...AXIS_TEXT, color: color.ink },
      axisTick: { show: false },
    },
    series: [
      ...kinds.map((kind) => ({
        ...bar,
        name: labels.kind(kind),
        itemStyle: { color: KIND_COLORS[kind] ?? color.quiet },
        data: regions.map(({ code }) => Number(at(code, kind) ?? 0n)),
        tooltip: {
          valueFormatter: (_: unknown, i: number) => {
            const value = regions[i] && at(regions[i].code, kind);
            return value === null ? labels.withheld : count(value ?? 0n);
          },
        },
      })),
      ...(regions.some(({ withheld }) => withheld > 0)
        ? [
            {
              ...bar,
              name: labels.withheld,
              itemStyle: { color: "#f4f6f8", borderColor: color.quiet, borderWidth: 1, borderType: "dashed" as const },
              data: regions.map(({ withheld }) => (withheld > 0 ? strip : null)),
              tooltip: { valueFormatter: (_: unknown, i: number) => (regions[i]?.withheld ? labels.kinds(regions[i].withheld) : "—") },
            },
          ]
        : []),
    ],
  };
}

function trendOption(report: GapReport, names: [string, string, string]): EChartsOption {
  const points = report.trend;
  const rounded = isRounded(report);
  const line = (name: string, of: (movement: Movement) => bigint, shade: string, dashed = false) => ({
    type: "line" as const,
    name,
    symbolSize: 5,
    lineStyle: { color: shade, type: dashed ? ("dashed" as const) : ("solid" as const) },
    itemStyle: { color: shade },
    data: points.map(({ movement }) => (!movement ? null : Number(of(movement)))),
    tooltip: {
      valueFormatter: (_: unknown, i: number) => {
        const movement = points[i]?.movement;
        return movement ? roundedCount(of(movement), rounded) : "—";
      },
    },
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
  const parts = useMemo(() => regionParts(byKind.data?.report.rows ?? [], SHOWN), [byKind.data]);
  const regions = useMemo(
    () =>
      regionsOption(parts, {
        region: regionLabel,
        kind: kindLabel,
        kinds: (n) => t("gaps.withheldKinds", { n }),
        withheld: t("gaps.withheld"),
      }),
    [parts, regionLabel, t],
  );
  const trend = useMemo(
    () => trendOption(report, [word(FindingEvent_KindSchema, FindingEvent_Kind.OPENED), t("gaps.closed"), t("gaps.openAtEnd")]),
    [report, t],
  );
  return (
    <>
      {byKind.data && <Headlines report={report} filter={filter} parts={parts} drill={drill} />}
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
            option={regions}
            height={Math.max(260, 60 + 30 * parts.regions.length)}
            onClick={(name) => {
              const region = parts.regions.find(({ code }) => regionLabel(code) === name);
              if (region?.code) drill(region.code);
            }}
            columns={[t("gaps.region"), ...parts.kinds.map(kindLabel)]}
            rows={parts.regions.map(({ code }) => ({
              name: regionLabel(code),
              cells: parts.kinds.map((kind) => {
                const value = parts.at(code, kind);
                return value === null ? null : count(value);
              }),
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
              ? [movement.opened + movement.reopened, movement.closed + movement.settled, movement.openAtEnd].map((n) =>
                  roundedCount(n, isRounded(report)),
                )
              : null,
          }))}
        />
      </div>
    </>
  );
}
