// Sources and their records in words: "371302-minimum-living" is 兰山区最低生活保障. What is not named by a programme keeps its own name.
import { Source_ContentSchema } from "@/gen/relief/v1/feed_service_pb";
import { ProgrammeSchema, type RecordName } from "@/gen/relief/v1/types_pb";
import { shortRegionName } from "@/lib/regions";
import { language } from "@/locales";
import { word } from "@/locales/words";

const FORM = /^(?:(\d{2,12})[-_])?([a-z]+(?:[-_][a-z]+)*)(?:[-_](\d{2,12}))?$/i;

export function sourceName(sourceId: string): string {
  const [, before = "", name = "", after = ""] = FORM.exec(sourceId) ?? [];
  const code = name.replace(/-/g, "_").toUpperCase();
  for (const type of [ProgrammeSchema, Source_ContentSchema]) {
    const found = type.values.find((value) => value.name === code && value.number !== 0);
    if (!found) continue;
    const region = before || after;
    return [region && shortRegionName(region), word(type, found.number)].filter(Boolean).join(language() === "zh" ? "" : " ");
  }
  return sourceId;
}

// Whether a source has a name beyond its programme: a region's, or one of its own.
export function isNamed(sourceId: string): boolean {
  return !/^[a-z_]+$/.test(sourceId) || sourceName(sourceId) === sourceId;
}

export function recordText(name: RecordName | undefined): string {
  return name ? `${sourceName(name.sourceId)} ${name.recordId}` : "";
}
