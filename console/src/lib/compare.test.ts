import { create } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { PersonRecordSchema } from "@/gen/relief/v1/registry_service_pb";
import { FieldComparisonSchema } from "@/gen/relief/v1/review_service_pb";
import { startLanguage } from "@/locales";
import { compareRows, marked, noteText } from "./compare";

const person = (name: string, phone = "") => create(PersonRecordSchema, { person: { name, phones: phone ? [phone] : [] } });
const spans = (start: number, length: number) => create(FieldComparisonSchema, { differencesA: [{ start, length }] }).differencesA;

describe("two records beside each other", () => {
  beforeAll(startLanguage);

  test("the hub's marks count characters, not code units", () => {
    expect(marked("𠮷田王", spans(1, 1))).toEqual([
      { text: "𠮷", changed: false },
      { text: "田", changed: true },
      { text: "王", changed: false },
    ]);
  });

  test("what agrees and says nothing is folded; names and numbers never are", () => {
    const rows = compareRows(person("王伟", "138"), person("王伟", "138"), []);
    expect(rows.find(({ field }) => field === "phone")!.folded).toBe(true);
    expect(rows.find(({ field }) => field === "name")!.folded).toBe(false);
  });

  test("what differs stays in sight, and what is missing is no difference", () => {
    const rows = compareRows(person("王伟", "138"), person("王炜"), []);
    expect(rows.find(({ field }) => field === "name")).toMatchObject({
      differs: true,
      a: [
        { text: "王", changed: false },
        { text: "伟", changed: true },
      ],
    });
    expect(rows.find(({ field }) => field === "phone")!.differs).toBe(false);
  });

  test("a digit's note says which digit", () => {
    expect(noteText("ID_BIRTH_DIGIT_12")).toBe("第12位（出生日期）不同");
    expect(noteText("SAME_READING")).toBe("同音不同字");
  });
});
