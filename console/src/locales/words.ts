// The words of the contract's values, as they stand beside the values in the contract. The console has none of its own.
import { getOption, type DescEnum, type DescEnumValue } from "@bufbuild/protobuf";
import i18next from "i18next";
import { FieldEvidence_FieldSchema } from "@/gen/relief/v1/registry_service_pb";
import { StaleDecision_PartSchema } from "@/gen/relief/v1/review_service_pb";
import { words } from "@/gen/relief/v1/words_pb";
import { language } from "./index";

function wordOf(value: DescEnumValue): string {
  const { zh, en } = getOption(value, words);
  return language() === "zh" ? zh : en;
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

// As it stands within a line. Nothing for the unspecified value, unless its absence means something; the number of a value that a
// newer hub knows and this console does not.
export function wordWithin(type: DescEnum, value: number): string {
  const found = type.value[value];
  return found ? wordOf(found) : String(value);
}

// As it begins a line, a cell or a mark.
export function word(type: DescEnum, value: number): string {
  return capitalised(wordWithin(type, value));
}

function find(type: DescEnum, code: string): DescEnumValue | undefined {
  return type.values.find(({ name, localName }) => name === code.toUpperCase() || localName === code);
}

// Of a value that a field of text names; the code itself where this console does not know it.
export function codeWord(type: DescEnum, code: string): string {
  const found = find(type, code);
  return found ? capitalised(wordOf(found)) : code;
}

// What the hub compares, and what only the console shows beside it.
export function fieldName(field: string): string {
  if (find(FieldEvidence_FieldSchema, field)) return codeWord(FieldEvidence_FieldSchema, field);
  const key = `fields.${field}`;
  return i18next.exists(key) ? i18next.t(key) : field;
}

// A field of a record as the hub names it (its path in the record); the name itself where this console has no word for it.
export function recordFieldName(path: string): string {
  const last = path.split(".").at(-1)!;
  for (const key of [`recordFields.${path.replace(".", "_")}`, `recordFields.${last}`]) if (i18next.exists(key)) return i18next.t(key);
  const name = fieldName(last);
  return name === last ? path : name;
}

export function sideName(side: "a" | "b"): string {
  return codeWord(StaleDecision_PartSchema, `record_${side}`);
}

// What may be chosen, by the names that stand in addresses.
export function options(type: DescEnum): { value: string; label: string }[] {
  return type.values.filter(({ number }) => number !== 0).map(({ localName, number }) => ({ value: localName, label: word(type, number) }));
}
