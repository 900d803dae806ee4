import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { QualityReport_ShareSchema } from "@/gen/relief/v1/review_service_pb";
import { intervalText, shareText } from "./share";

test("a share of nothing is not a share of zero", () => {
  expect(shareText(create(QualityReport_ShareSchema, { hits: 0n, of: 0n }))).toBe("—");
  expect(intervalText(undefined)).toBe("");
  const some = create(QualityReport_ShareSchema, { hits: 55n, of: 56n, value: 0.98214, low: 0.9055, high: 0.9968 });
  expect([shareText(some), intervalText(some)]).toEqual(["98.2 %", "90.5 % – 99.7 %"]);
});
