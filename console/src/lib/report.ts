// What a gap report is asked for, as it stands in the address beside the filter; and its rows as a table of rules by regions.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  Disclosure,
  GapDimension,
  type GapFigures,
  type GapRow,
  type GetGapReportRequestSchema,
  type Movement,
} from "@/gen/relief/v1/report_service_pb";
import { MonthSchema, type FindingKind, type Month } from "@/gen/relief/v1/types_pb";
import { monthIndex, parseDate } from "@/lib/dates";
import { toMessage, type Filter } from "@/lib/filter";
import { count } from "@/lib/money";

export interface Ask {
  from: string; // first and last month of the period, "2026-01"; empty: the hub's own, the last twelve months
  to: string;
  compare: boolean;
  full: boolean; // small figures too
  at: string; // as known at the end of that day
}

const month = (text: string) => (/^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : "");

export function readAsk(params: URLSearchParams): Ask {
  const text = (name: string) => params.get(name) ?? "";
  return {
    from: month(text("fm")),
    to: month(text("tm")),
    compare: text("compare") !== "0",
    full: text("full") === "1",
    at: parseDate(text("at")) ? text("at") : "",
  };
}

export function writeAsk(params: URLSearchParams, change: Partial<Ask>): URLSearchParams {
  const next = new URLSearchParams(params);
  const ask = { ...readAsk(params), ...change };
  const set = (name: string, value: string) => (value ? next.set(name, value) : next.delete(name));
  set("fm", ask.from);
  set("tm", ask.to);
  set("compare", ask.compare ? "" : "0");
  set("full", ask.full ? "1" : "");
  set("at", ask.at);
  return next;
}

// Whether a finer level says more: all that there is lies in one region, as where a hub serves one county.
export function isOneRegion(rows: readonly GapRow[]): boolean {
  return (
    rows.length > 0 &&
    rows[0].regionPrefix !== "" &&
    rows[0].hasFinerRegions &&
    rows.every(({ regionPrefix }) => regionPrefix === rows[0].regionPrefix)
  );
}

// How fine the next level under a region is: province, prefecture, county, township.
export function nextDigits(region: string): number {
  return [2, 4, 6, 9, 12].find((digits) => digits > region.length) ?? 12;
}

function toMonth(text: string): Month | undefined {
  if (!text) return undefined;
  const [year, number] = text.split("-").map(Number);
  return create(MonthSchema, { year, month: number });
}

export type ReportRequest = MessageInitShape<typeof GetGapReportRequestSchema>;

export function requestOf(filter: Filter, ask: Ask, groupBy: GapDimension[], regionDigits: number): ReportRequest {
  return {
    // The report has its own period, and counts money rather than asks for it.
    filter: toMessage({ ...filter, states: [], person: "", from: "", to: "", atLeast: "" }),
    regionDigits,
    groupBy,
    fromMonth: toMonth(ask.from),
    toMonth: toMonth(ask.to),
    compare: ask.compare,
    disclosure: ask.full ? Disclosure.FULL : Disclosure.PROTECTED,
    asKnownAt: ask.at ? timestampFromDate(new Date(`${ask.at}T23:59:59+08:00`)) : undefined,
  };
}

export type Metric = "findings" | "persons" | "amount";

export function figureOf(figures: GapFigures | undefined, metric: Metric): bigint {
  if (!figures) return 0n;
  return metric === "findings" ? figures.findings : metric === "persons" ? figures.persons : figures.amountFen + figures.estimatedFen;
}

export interface Matrix {
  regions: string[];
  rules: { rule: string; row: GapRow; cells: Map<string, GapRow>; sum: bigint }[];
}

// Rules and regions with most findings first. Withheld cells stay cells: they are not nothing.
export function matrixOf(rows: readonly GapRow[]): Matrix {
  const regions = new Map<string, bigint>();
  const rules = new Map<string, Matrix["rules"][number]>();
  for (const row of rows) {
    const findings = row.figures?.findings ?? 0n;
    regions.set(row.regionPrefix, (regions.get(row.regionPrefix) ?? 0n) + findings);
    const line = rules.get(row.ruleId) ?? { rule: row.ruleId, row, cells: new Map(), sum: 0n };
    line.cells.set(row.regionPrefix, row);
    line.sum += findings;
    rules.set(row.ruleId, line);
  }
  const byCount = (a: bigint, b: bigint) => (a < b ? 1 : a > b ? -1 : 0);
  return {
    regions: [...regions].sort((a, b) => byCount(a[1], b[1]) || (a[0] < b[0] ? -1 : 1)).map(([region]) => region),
    rules: [...rules.values()].sort((a, b) => byCount(a.sum, b.sum) || (a.rule < b.rule ? -1 : 1)),
  };
}

// Regions by kinds, as a chart and its table show them. What is withheld is null: it is not nothing.
export interface RegionParts {
  regions: { code: string; withheld: number }[]; // those with most that may be shown first; how many of their kinds are withheld
  kinds: FindingKind[];
  at: (code: string, kind: FindingKind) => bigint | null;
}

export function regionParts(rows: readonly GapRow[], most: number): RegionParts {
  const sums = new Map<string, { shown: bigint; withheld: number }>();
  const cells = new Map<string, bigint | null>();
  for (const { regionPrefix, kind, figures } of rows) {
    const sum = sums.get(regionPrefix) ?? { shown: 0n, withheld: 0 };
    const value = figures?.suppressed ? null : (figures?.findings ?? 0n);
    sums.set(regionPrefix, { shown: sum.shown + (value ?? 0n), withheld: sum.withheld + (value === null ? 1 : 0) });
    cells.set(`${regionPrefix} ${kind}`, value);
  }
  const ranked = [...sums].sort(([a, one], [b, other]) => Number(other.shown - one.shown) || (a < b ? -1 : 1));
  return {
    regions: ranked.slice(0, most).map(([code, { withheld }]) => ({ code, withheld })),
    kinds: [...new Set(rows.map((row) => row.kind))].sort((a, b) => a - b),
    at: (code, kind) => {
      const value = cells.get(`${code} ${kind}`);
      return value === undefined ? 0n : value;
    },
  };
}

// Whether small figures are withheld, and with them everything but findings and persons is rounded to multiples of 5.
export function isRounded(report: { disclosure: Disclosure }): boolean {
  return report.disclosure !== Disclosure.FULL;
}

// A count that may have been rounded: what was rounded to nothing is not nothing.
export function roundedCount(value: bigint, rounded: boolean): string {
  return rounded && value === 0n ? "<5" : count(value);
}

// A mean; of nothing there is none, and of fewer than 5 the hub says none where it rounds.
export function meanText(mean: number, of: bigint, rounded: boolean): string {
  return of === 0n || (rounded && of === 5n && mean === 0) ? "—" : mean.toFixed(1);
}

// How much more or less than in the period before, in percent; nothing to compare with: null.
export function changePercent(now: Movement | undefined, before: Movement | undefined, of: (movement: Movement) => bigint): number | null {
  if (!now || !before) return null;
  const old = Number(of(before));
  return old === 0 ? null : Math.round((100 * (Number(of(now)) - old)) / old);
}

export function monthsBetween(from: Month, to: Month): number {
  return monthIndex(to) - monthIndex(from) + 1;
}

// What a supervisor is told first: where there is most, which rule stands out there, and how many sources are late. What is withheld is
// not ranked; where it may hide more, the figure is the least that there is. Rules are not added over regions: a finding of two regions
// counts in both.
export interface Headline {
  region?: { code: string; findings: bigint; atLeast: boolean };
  rule?: { row: GapRow; region: string; findings: bigint };
  late: number;
  sources: number;
}

export function headlineOf(report: { rows: readonly GapRow[]; feeds: readonly { late: boolean }[] }, parts: RegionParts): Headline {
  const [most] = parts.regions.filter(({ code }) => code !== "");
  const findings = most ? parts.kinds.reduce((sum, kind) => sum + (parts.at(most.code, kind) ?? 0n), 0n) : 0n;
  const shown = (row: GapRow) => (row.figures?.suppressed ? 0n : (row.figures?.findings ?? 0n));
  const [row] = report.rows
    .filter((one) => most !== undefined && one.regionPrefix === most.code && shown(one) > 0n)
    .sort((a, b) => Number(shown(b) - shown(a)));
  return {
    region: parts.regions.length > 1 && findings > 0n ? { code: most.code, findings, atLeast: most.withheld > 0 } : undefined,
    rule: row && { row, region: row.regionPrefix, findings: shown(row) },
    late: report.feeds.filter(({ late }) => late).length,
    sources: report.feeds.length,
  };
}
