// @vitest-environment node
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { layerRules } from "./layers.mjs";

function complaints(file, imported) {
  const messages = new Linter().verify(`import { x } from "${imported}";\nx();\n`, layerRules(["findings", "person"]), {
    filename: `console/src/${file}`,
  });
  return messages.map(({ message }) => message);
}

describe("the layers of the console", () => {
  it("let a folder import what lies below it, and itself", () => {
    expect(complaints("parts/Waterfall.ts", "@/lib/theme")).toEqual([]);
    expect(complaints("parts/Waterfall.ts", "@/parts/Chart")).toEqual([]);
    expect(complaints("pages/findings/List.ts", "@/pages/findings/Row")).toEqual([]);
    expect(complaints("app/routes.ts", "@/pages/findings/List")).toEqual([]);
  });
  it("refuse what lies above", () => {
    expect(complaints("parts/Waterfall.ts", "@/app/theme")).toEqual([expect.stringContaining("parts/ may import gen, locales, lib")]);
    expect(complaints("lib/dates.ts", "@/api/clients")).toHaveLength(1);
    expect(complaints("pages/findings/List.ts", "@/app/session")).toHaveLength(1);
  });
  it("keep the places of pages/ apart", () => {
    expect(complaints("pages/person/Person.ts", "@/pages/findings/marks")).toEqual([expect.stringContaining("pages/person/ may import")]);
  });
  it("refuse a way around by relative paths", () => {
    expect(complaints("parts/Waterfall.ts", "../app/theme")).toHaveLength(1);
  });
});
