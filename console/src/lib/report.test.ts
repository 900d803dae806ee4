import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { GapRowSchema } from "@/gen/relief/v1/report_service_pb";
import { FindingKind } from "@/gen/relief/v1/types_pb";
import { headlineOf, meanText, regionParts, roundedCount } from "./report";

const { DUPLICATE, MISSING, IDENTITY } = FindingKind;

function row(regionPrefix: string, kind: FindingKind, findings: bigint | null) {
  return create(GapRowSchema, { regionPrefix, kind, figures: { findings: findings ?? 0n, suppressed: findings === null } });
}

test("what is withheld is not nothing: it is neither counted nor given as 0", () => {
  const parts = regionParts([row("371324", DUPLICATE, 42n), row("371324", IDENTITY, null), row("371311", MISSING, 7n)], 12);
  expect(parts.at("371324", IDENTITY)).toBeNull();
  expect(parts.at("371324", DUPLICATE)).toBe(42n);
  expect(parts.at("371311", DUPLICATE), "no row: there is none").toBe(0n);
  expect(parts.regions).toEqual([
    { code: "371324", withheld: 1 },
    { code: "371311", withheld: 0 },
  ]);
});

test("regions are ranked by what is public, and one of which nothing is public stays in sight", () => {
  const parts = regionParts([row("a", DUPLICATE, null), row("b", DUPLICATE, 3n), row("c", DUPLICATE, 9n)], 12);
  expect(parts.regions.map(({ code }) => code)).toEqual(["c", "b", "a"]);
});

test("a count that was rounded to nothing says so, a true 0 is 0", () => {
  expect(roundedCount(0n, true)).toBe("<5");
  expect(roundedCount(0n, false)).toBe("0");
  expect(roundedCount(1230n, true)).toBe("1,230");
});

test("of nothing there is no mean", () => {
  expect(meanText(0, 0n, false)).toBe("—");
  expect(meanText(0, 5n, true), "withheld: fewer than five").toBe("—");
  expect(meanText(0, 3n, false), "all on the same day").toBe("0.0");
  expect(meanText(2.25, 20n, true)).toBe("2.3");
});

describe("what a supervisor is told first", () => {
  const cell = (regionPrefix: string, ruleId: string, findings: bigint | null) =>
    create(GapRowSchema, { regionPrefix, ruleId, figures: { findings: findings ?? 0n, suppressed: findings === null } });
  const feeds = [{ late: true }, { late: false }];

  test("the region with most, the rule that stands out there, and the late sources", () => {
    const parts = regionParts([row("371302", DUPLICATE, 40n), row("371302", MISSING, 20n), row("371311", MISSING, 50n)], 12);
    const report = { rows: [cell("371302", "M01", 20n), cell("371302", "D07", 40n), cell("371311", "M01", 50n)], feeds };
    const { region, rule, late, sources } = headlineOf(report, parts);
    expect(region).toEqual({ code: "371302", findings: 60n, atLeast: false });
    expect([rule?.row.ruleId, rule?.region, rule?.findings]).toEqual(["D07", "371302", 40n]);
    expect([late, sources]).toEqual([1, 2]);
  });

  test("where something is withheld the figure is the least that there is, and one region alone is not the worst", () => {
    const withheld = regionParts([row("371302", DUPLICATE, 40n), row("371302", IDENTITY, null), row("371311", MISSING, 5n)], 12);
    expect(headlineOf({ rows: [cell("371302", "D20", null), cell("371302", "D01", 40n)], feeds }, withheld)).toMatchObject({
      region: { code: "371302", findings: 40n, atLeast: true },
      rule: { row: { ruleId: "D01" }, findings: 40n },
    });
    const alone = headlineOf({ rows: [cell("371302", "D01", 40n)], feeds }, regionParts([row("371302", DUPLICATE, 40n)], 12));
    expect(alone.region).toBeUndefined();
    expect(alone.rule?.findings).toBe(40n);
    expect(headlineOf({ rows: [], feeds: [] }, regionParts([], 12))).toMatchObject({ late: 0, sources: 0 });
  });
});
