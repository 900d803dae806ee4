import { create } from "@bufbuild/protobuf";
import { beforeAll, expect, test, vi } from "vitest";
import { DateSchema } from "@/gen/relief/v1/types_pb";
import { startLanguage } from "@/locales";
import { dueOf } from "./due";

beforeAll(startLanguage);

const day = (month: number, number: number) => create(DateSchema, { year: 2026, month, day: number });

test("what is left is counted from the hub's day, whatever this machine's clock says", () => {
  for (const clock of ["2020-01-01", "2026-10-31", "2027-03-01"]) {
    vi.setSystemTime(new Date(clock));
    expect(dueOf(day(11, 15), false, day(10, 31))).toEqual({ text: "还有 15 天", tone: undefined });
    expect(dueOf(day(10, 18), true, day(10, 31))).toEqual({ text: "已逾期 13 天", tone: "late" });
    expect(dueOf(day(10, 31), false, day(10, 31))).toEqual({ text: "今天到期", tone: "soon" });
  }
  vi.useRealTimers();
});

test("before the hub has said its day, the term is told as a date", () => {
  expect(dueOf(day(11, 15), false, undefined)).toEqual({ text: "2026-11-15", tone: undefined });
});
