import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { TableReading, UploadSchema } from "@/gen/relief/v1/intake_service_pb";
import { Programme } from "@/gen/relief/v1/types_pb";
import { answersOf, draftOf, isSame, withoutTargets } from "./draft";

test("a file of which nothing was said yet has an empty draft, and sends no answer", () => {
  const draft = draftOf(create(UploadSchema, {}));
  expect(draft).toEqual({ programme: 0, facts: false, region: "", period: "", columns: {}, targets: [] });
  expect(answersOf(draft).period).toBeUndefined();
});

test("what was said comes back as it was said", () => {
  const draft = {
    programme: Programme.MINIMUM_LIVING,
    facts: false,
    region: "371302",
    period: "2026-10",
    columns: { 甲: "person.name", 乙: "unused" },
    targets: [{ sourceId: "living", reading: TableReading.TABLE_ROSTER }],
  };
  const back = draftOf(create(UploadSchema, { answers: answersOf(draft) }));
  expect(back).toEqual(draft);
  expect(isSame(back, draft)).toBe(true);
  expect(isSame({ ...draft, period: "2026-11" }, draft)).toBe(false);
  expect(withoutTargets(draft).targets).toEqual([]);
});
