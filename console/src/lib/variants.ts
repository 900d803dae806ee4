// How the sources write one person: each different value of a field once, the most frequent first.
import type { PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { SexSchema } from "@/gen/relief/v1/types_pb";
import { dateText } from "@/lib/dates";
import { regionName } from "@/lib/regions";
import { word } from "@/locales/words";

export interface Variant {
  value: string;
  records: number;
  sources: string[];
}

const VALUES: Record<string, (record: PersonRecord) => string[]> = {
  name: ({ person }) => [person?.name ?? ""],
  former_names: ({ person }) => person?.formerNames ?? [],
  id_number: ({ person }) => [person?.idNumber ?? ""],
  birth_date: ({ person }) => [dateText(person?.birthDate)],
  sex: ({ person }) => [word(SexSchema, person?.sex ?? 0)],
  phone: ({ person }) => person?.phones ?? [],
  address: ({ person }) => [person?.address ?? ""],
  region: ({ person }) => [person?.regionCode ? regionName(person.regionCode) : ""],
  domicile: ({ person }) => [person?.domicileCode ? regionName(person.domicileCode) : ""],
};

export function variantsOf(records: readonly PersonRecord[]): { field: string; variants: Variant[] }[] {
  return Object.entries(VALUES)
    .map(([field, valuesOf]) => {
      const found = new Map<string, Variant>();
      for (const record of records) {
        for (const value of new Set(valuesOf(record).filter(Boolean))) {
          const variant = found.get(value) ?? { value, records: 0, sources: [] };
          ++variant.records;
          const source = record.name?.sourceId ?? "";
          if (!variant.sources.includes(source)) variant.sources.push(source);
          found.set(value, variant);
        }
      }
      return { field, variants: [...found.values()].sort((a, b) => b.records - a.records) };
    })
    .filter(({ variants }) => variants.length > 0);
}
