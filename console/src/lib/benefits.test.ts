import { create } from "@bufbuild/protobuf";
import { beforeAll, expect, test } from "vitest";
import { PersonRecordSchema } from "@/gen/relief/v1/registry_service_pb";
import { startLanguage } from "@/locales";
import { whereOf } from "./benefits";

beforeAll(startLanguage);

const record = (sourceId: string, regionCode: string) =>
  create(PersonRecordSchema, { name: { sourceId, recordId: "DB1" }, person: { regionCode } });

test("of two counties that give the same benefit, each row says which county's it is", () => {
  expect(whereOf(record("minimum_living", "371302001"))).toBe("兰山区");
  expect(whereOf(record("371312-minimum-living", "371312"))).toBe("河东区最低生活保障");
  expect(whereOf(record("371312-minimum-living", "371302"))).toBe("兰山区 · 河东区最低生活保障");
  expect(whereOf(record("minimum_living", ""))).toBe("");
});
