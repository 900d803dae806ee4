// Two records side by side: one row for each thing that a source may say of a person.
import { IdType } from "@/gen/relief/v1/record_pb";
import type { FieldEvidence, PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { Sex } from "@/gen/relief/v1/types_pb";
import { ageOn, dateText, today } from "@/lib/dates";
import { named, t } from "@/locales";
import { regionName } from "@/lib/regions";

export interface CompareRow {
  field: string;
  a: string;
  b: string;
  noteA?: string;
  noteB?: string;
  evidence?: FieldEvidence;
  folded: boolean; // says nothing that an officer must see
}

// These stay in sight even where they agree.
const ALWAYS = new Set(["name", "id_number", "birth_date", "sex"]);

function valuesOf(record: PersonRecord): Record<string, string> {
  const { person, household } = record;
  return {
    name: person?.name ?? "",
    former_names: person?.formerNames.join(" ") ?? "",
    id_type: person?.idNumber ? named("idType", IdType[person.idType] ?? "") : "",
    id_number: person?.idNumber ?? "",
    birth_date: dateText(person?.birthDate),
    sex: named("sex", Sex[person?.sex ?? 0] ?? ""),
    phone: person?.phones.join(" ") ?? "",
    address: person?.address ?? "",
    region: person?.regionCode ? regionName(person.regionCode) : "",
    domicile: person?.domicileCode ? regionName(person.domicileCode) : "",
    household: household?.householdId ?? "",
    relation: household?.relation ?? "",
  };
}

function ageNote(record: PersonRecord): string | undefined {
  const age = record.person?.birthDate ? ageOn(record.person.birthDate, today()) : null;
  return age === null ? undefined : t("fields.age", { n: age });
}

export function compareRows(a: PersonRecord, b: PersonRecord, evidence: readonly FieldEvidence[]): CompareRow[] {
  const left = valuesOf(a);
  const right = valuesOf(b);
  return Object.keys(left).map((field) => {
    const found = evidence.find((one) => one.field === field);
    const equal = left[field] === right[field];
    const speaks = found !== undefined && Math.abs(found.bits) >= 0.05;
    const row: CompareRow = {
      field,
      a: left[field],
      b: right[field],
      evidence: found,
      folded: !ALWAYS.has(field) && equal && !speaks,
    };
    if (field === "birth_date") [row.noteA, row.noteB] = [ageNote(a), ageNote(b)];
    return row;
  });
}
