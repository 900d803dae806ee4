// Dates of the civil calendar and instants in China Standard Time, written the same in every language.
import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { Date as CivilDate, Month } from "@/gen/relief/v1/types_pb";

const two = (value: number) => String(value).padStart(2, "0");

export function dateText(date?: CivilDate): string {
  if (!date || date.year === 0) return "";
  if (date.month === 0) return `${date.year}`;
  return date.day === 0 ? `${date.year}-${two(date.month)}` : `${date.year}-${two(date.month)}-${two(date.day)}`;
}

// "2026-01-31", if it is a day of the calendar.
export function parseDate(text: string): { year: number; month: number; day: number } | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return null;
  const [year, month, day] = found.slice(1).map(Number);
  const real = new globalThis.Date(globalThis.Date.UTC(year, month - 1, day));
  return real.getUTCMonth() === month - 1 && real.getUTCDate() === day ? { year, month, day } : null;
}

export function monthText(month?: Month): string {
  return month && month.year !== 0 ? `${month.year}-${two(month.month)}` : "";
}

// Months since year 0: for positions and differences.
export function monthIndex(month: { year: number; month: number }): number {
  return month.year * 12 + month.month - 1;
}

export function monthOfIndex(index: number): string {
  return `${Math.floor(index / 12)}-${two((index % 12) + 1)}`;
}

// [2026-01, 2026-02, 2026-03, 2026-07] -> "2026-01 – 2026-03, 2026-07"
export function monthRanges(months: readonly Month[]): string {
  const sorted = [...new Set(months.map(monthIndex))].sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[end] + 1) ++end;
    ranges.push(i === end ? monthOfIndex(sorted[i]) : `${monthOfIndex(sorted[i])} – ${monthOfIndex(sorted[end])}`);
    i = end + 1;
  }
  return ranges.join(", ");
}

const CHINA = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});

// "2026-11-24 22:49"
export function timeText(time?: Timestamp): string {
  return time ? CHINA.format(timestampDate(time)) : "";
}

// The day in China that an instant falls on.
export function dayOf(time: Timestamp): CivilDate {
  const [year, month, day] = timeText(time).slice(0, 10).split("-").map(Number);
  return { year, month, day } as CivilDate;
}

function dayNumber(date: CivilDate): number {
  return Math.round(globalThis.Date.UTC(date.year, date.month - 1, date.day) / 86_400_000);
}

// Whole days from one date to another; negative if the second is earlier.
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return dayNumber(to) - dayNumber(from);
}

export function ageOn(birth: CivilDate, on: CivilDate): number | null {
  if (birth.year === 0 || birth.month === 0) return null;
  const before = on.month < birth.month || (on.month === birth.month && on.day < birth.day);
  const age = on.year - birth.year - (before ? 1 : 0);
  return age >= 0 && age < 130 ? age : null;
}
