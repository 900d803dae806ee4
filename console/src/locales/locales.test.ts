import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type DescEnum } from "@bufbuild/protobuf";
import { FieldEvidence_LevelSchema } from "@/gen/relief/v1/registry_service_pb";
import { FindingKind, FindingKindSchema, Programme, ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { en } from "./en";
import { chooseLanguage, startLanguage } from "./index";
import { codeWord, fieldName, word, wordWithin } from "./words";
import { zh } from "./zh";

function paths(texts: object, at = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [`${at}${key}`] : paths(value as object, `${at}${key}.`),
  );
}

function at(texts: object, path: string): string {
  return path.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], texts) as string;
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe("texts", () => {
  test("Chinese and English have the same keys", () => {
    expect(
      paths(en)
        .filter((path) => !path.endsWith("_one"))
        .sort(),
    ).toEqual(paths(zh).sort());
    expect(paths(en).filter((path) => path.endsWith("_one") && !paths(zh).includes(path.slice(0, -4)))).toEqual([]);
  });

  test("both name the same values", () => {
    for (const path of paths(zh)) expect(placeholders(at(en, path)), path).toEqual(placeholders(at(zh, path)));
  });

  test("no English text is left in Chinese", () => {
    const chinese = paths(en).filter((path) => /\p{Script=Han}/u.test(at(en, path)));
    expect(chinese).toEqual(["app.language"]); // the button that switches to Chinese
  });

  // t() takes any string: a misspelled key would stand on the page as it is.
  test("every text that the code asks for is there", () => {
    const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx", "!../gen/**", "!../**/*.test.*"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const known = new Set(paths(zh));
    const asked = Object.values(sources).flatMap((source) =>
      [
        ...source.matchAll(
          /"((?:app|role|nav|common|state|login|review|fields|findings|gaps|person|benefit|referrals|operations|charity|intake)\.[A-Za-z_]+)"/g,
        ),
      ].map(([, key]) => key),
    );
    expect(asked.length).toBeGreaterThan(300);
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([]);
  });
});

// Names of pages, columns and buttons that read like a value, and stand for none.
const ALSO_WORDS = [
  "charity.answers",
  "charity.title",
  "findings.deliberation",
  "findings.escalation",
  "findings.programme",
  "findings.severity",
  "intake.programme",
  "nav.charity",
  "operations.open",
  "referrals.step.grant",
  "referrals.step.refuse",
  "review.claimed",
  "review.kinds",
  "review.model",
  "review.pending",
  "review.proposals",
  "review.propose",
  "review.released",
  "review.withdrawn",
];

// Every enum of the contract, as its generated code says.
const CONTRACT: DescEnum[] = Object.values(import.meta.glob<Record<string, unknown>>("../gen/relief/v1/*_pb.ts", { eager: true })).flatMap(
  (module) => Object.values(module).filter((one): one is DescEnum => (one as { kind?: string })?.kind === "enum"),
);

describe("words of the contract", () => {
  beforeAll(startLanguage);
  afterEach(() => chooseLanguage("zh"));

  test("come from the contract, in the language of the console", () => {
    expect(word(FindingKindSchema, FindingKind.OFFSET)).toBe("应补差");
    chooseLanguage("en");
    expect(word(FindingKindSchema, FindingKind.OFFSET)).toBe("To be topped up");
    expect(wordWithin(FindingKindSchema, FindingKind.OFFSET)).toBe("to be topped up");
  });

  test("there is one for every value", () => {
    expect(CONTRACT.length).toBeGreaterThan(40);
    for (const language of ["zh", "en"] as const) {
      chooseLanguage(language);
      for (const type of CONTRACT)
        for (const { number, name } of type.values) if (number !== 0) expect(word(type, number), `${type.typeName}.${name}`).not.toBe("");
    }
  });

  test("nothing is said of the unspecified value, and a number of a value that is not known", () => {
    expect(word(ProgrammeSchema, Programme.PROGRAMME_UNSPECIFIED)).toBe("");
    expect(word(ProgrammeSchema, 77)).toBe("77");
    expect(codeWord(FieldEvidence_LevelSchema, "OF_A_NEWER_MODEL")).toBe("OF_A_NEWER_MODEL");
  });

  test("fields of records have one, those that the hub compares and those that only the console shows", () => {
    expect(fieldName("id_number")).toBe("证件号码");
    expect(fieldName("former_names")).toBe("曾用名");
  });

  // A second copy would drift away from the first, as three of them did.
  test("the console's own texts name no value of the contract", () => {
    const names = new Set(CONTRACT.flatMap((type) => type.values.flatMap(({ name, localName }) => [name, localName, name.toLowerCase()])));
    const copies = paths(zh).filter((path) => {
      const key = path.split(".").at(-1)!;
      return (/^[A-Z0-9_]+$/.test(key) || path.startsWith("fields.")) && names.has(key);
    });
    expect(copies).toEqual([]);
    const words = new Set(CONTRACT.flatMap((type) => type.values.map(({ number }) => word(type, number))));
    const same = paths(zh).filter((path) => at(zh, path).length > 2 && words.has(at(zh, path)));
    expect(same.sort()).toEqual(ALSO_WORDS.sort());
  });
});
