// Two records side by side: one row for each thing that a source may say of a person. What the hub compared comes with its marks;
// the rest is compared here, character by character.
import { IdTypeSchema } from "@/gen/relief/v1/record_pb";
import type { PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { FieldComparison_NoteSchema } from "@/gen/relief/v1/review_service_pb";
import type { FieldComparison, FieldComparison_Span } from "@/gen/relief/v1/review_service_pb";
import { SexSchema, type Date as CivilDate } from "@/gen/relief/v1/types_pb";
import { ageOn, dateText } from "@/lib/dates";
import { diff, type Piece } from "@/lib/diff";
import { regionName } from "@/lib/regions";
import { t } from "@/locales";
import { codeWord, word } from "@/locales/words";

export interface CompareRow {
  field: string;
  a: Piece[];
  b: Piece[];
  noteA: string[];
  noteB: string[];
  notes: string[];
  differs: boolean;
  compared?: FieldComparison;
  folded: boolean; // says nothing that an officer must see
}

// These stay in sight even where they agree.
const ALWAYS = new Set(["name", "id_number", "birth_date", "sex"]);

function valuesOf(record: PersonRecord | undefined): Record<string, string> {
  const person = record?.person;
  return {
    name: person?.name ?? "",
    former_names: person?.formerNames.join(" ") ?? "",
    id_type: person?.idNumber ? word(IdTypeSchema, person.idType) : "",
    id_number: person?.idNumber ?? "",
    birth_date: dateText(person?.birthDate),
    sex: word(SexSchema, person?.sex ?? 0),
    phone: person?.phones.join(" ") ?? "",
    address: person?.address ?? "",
    region: person?.regionCode ? regionName(person.regionCode) : "",
    domicile: person?.domicileCode ? regionName(person.domicileCode) : "",
    household: record?.household?.householdId ?? "",
    relation: record?.household?.relation ?? "",
  };
}

// Marks by code points, as the hub counts them.
export function marked(text: string, spans: readonly FieldComparison_Span[]): Piece[] {
  const changed = new Set(spans.flatMap(({ start, length }) => Array.from({ length }, (_, i) => start + i)));
  const pieces: Piece[] = [];
  Array.from(text).forEach((character, i) => {
    const last = pieces.at(-1);
    if (last && last.changed === changed.has(i)) last.text += character;
    else pieces.push({ text: character, changed: changed.has(i) });
  });
  return pieces;
}

const plain = (text: string): Piece[] => (text ? [{ text, changed: false }] : []);

// "ID_BIRTH_DIGIT_12" -> which digit, in words.
export function noteText(code: string): string {
  const digit = /^(ID_[A-Z]+_DIGIT)_(\d+)$/.exec(code);
  return digit ? codeWord(FieldComparison_NoteSchema, digit[1]).replace("{}", digit[2]) : codeWord(FieldComparison_NoteSchema, code);
}

function ageNote(record: PersonRecord | undefined, day: CivilDate | undefined): string[] {
  const age = day && record?.person?.birthDate ? ageOn(record.person.birthDate, day) : null;
  return age === null || age === undefined ? [] : [t("fields.age", { n: age })];
}

// Ages are those of `day`.
export function compareRows(
  a: PersonRecord | undefined,
  b: PersonRecord | undefined,
  fields: readonly FieldComparison[],
  day?: CivilDate,
): CompareRow[] {
  const left = valuesOf(a);
  const right = valuesOf(b);
  return Object.keys(left).map((field) => {
    const compared = fields.find((one) => one.field === field);
    // Values that this console writes in words (a region, a sex) are compared as written here.
    const raw = compared && (compared.differencesA.length > 0 || compared.differencesB.length > 0);
    const both = left[field] !== "" && right[field] !== "";
    const found = diff(left[field], right[field]);
    const speaks = compared !== undefined && Math.abs(compared.bits) >= 0.05;
    const equal = compared?.equal || found.equal;
    return {
      field,
      a: raw ? marked(compared.valueA, compared.differencesA) : both && !equal ? found.a : plain(left[field]),
      b: raw ? marked(compared.valueB, compared.differencesB) : both && !equal ? found.b : plain(right[field]),
      noteA: [
        ...(field === "birth_date" ? ageNote(a, day) : []),
        ...(compared?.readingA ? [compared.readingA] : []),
        ...(compared?.notesA ?? []).map(noteText),
      ],
      noteB: [
        ...(field === "birth_date" ? ageNote(b, day) : []),
        ...(compared?.readingB ? [compared.readingB] : []),
        ...(compared?.notesB ?? []).map(noteText),
      ],
      notes: (compared?.notes ?? []).map(noteText),
      differs: both && !equal,
      compared,
      folded: !ALWAYS.has(field) && !(both && !equal) && !speaks,
    };
  });
}
