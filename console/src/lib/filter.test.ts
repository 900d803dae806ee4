import { describe, expect, test } from "vitest";
import { numberOf } from "./filter";

describe("the number of a finding or a person", () => {
  test.each([
    ["F-04KBVRR2EPJ1MN19", "finding", "F-04KBVRR2EPJ1MN19"],
    [" f-04kbvrr2epj1mn19 ", "finding", "F-04KBVRR2EPJ1MN19"],
    ["Ｐ－5CEX0ABCD", "person", "P-5CEX0ABCD"], // as an input method writes it
  ])("%s is understood", (text, kind, id) => {
    expect(numberOf(text)).toEqual({ kind, id });
  });

  test.each(["", "王小明", "F-", "F-12/../x", "C-04KBVRR2EPJ1MN19", "37130219600102001X"])("%s is neither", (text) => {
    expect(numberOf(text)).toBeNull();
  });
});
