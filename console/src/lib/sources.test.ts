import { create } from "@bufbuild/protobuf";
import { beforeAll, expect, test } from "vitest";
import { RecordNameSchema } from "@/gen/relief/v1/types_pb";
import { chooseLanguage, startLanguage } from "@/locales";
import { recordText, sourceName } from "./sources";

beforeAll(startLanguage);

test("a source is called by its programme and region, in the reader's language", () => {
  expect(sourceName("minimum_living")).toBe("最低生活保障");
  expect(sourceName("371302-minimum-living")).toBe("兰山区最低生活保障");
  expect(sourceName("facts")).toBe("部门事实");
  chooseLanguage("en");
  expect(sourceName("minimum_living")).not.toMatch(/[\u4e00-\u9fff_]/);
  chooseLanguage("zh");
});

test("a name that says nothing to this console stays as it is", () => {
  expect(sourceName("bureau-feed-7")).toBe("bureau-feed-7");
  expect(sourceName("县民政局")).toBe("县民政局");
});

test("a record is called by its source and its number there", () => {
  expect(recordText(create(RecordNameSchema, { sourceId: "medical", recordId: "YL000027" }))).toBe("医疗救助 YL000027");
});
