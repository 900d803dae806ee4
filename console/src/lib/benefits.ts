// Where a record stands in time, and what it is called.
import {
  Cycle,
  FactType,
  type Benefit,
  type Fact,
  BenefitFormSchema,
  Fact_CodeSchema,
  FactTypeSchema,
  CycleSchema,
} from "@/gen/relief/v1/record_pb";
import type { PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { dateText, monthIndex, monthText } from "@/lib/dates";
import { money } from "@/lib/money";
import { shortRegionName } from "@/lib/regions";
import { isNamed, sourceName } from "@/lib/sources";
import { t } from "@/locales";
import { codeWord, word, wordWithin } from "@/locales/words";

// Months counted since year 0, ends included. `to` is null while it still runs.
export interface Span {
  from: number;
  to: number | null;
  point: boolean; // a payment or an event rather than a stretch of time
}

function spanOfBenefit(benefit: Benefit): Span | null {
  if (benefit.startMonth?.year) {
    const to = benefit.endMonth?.year ? monthIndex(benefit.endMonth) : null;
    return { from: monthIndex(benefit.startMonth), to, point: false };
  }
  const day = benefit.payDate?.year ? benefit.payDate : benefit.eventDate?.year ? benefit.eventDate : benefit.decisionDate;
  if (day?.year) return { from: monthIndex(day), to: monthIndex(day), point: true };
  if (benefit.benefitYear) return { from: benefit.benefitYear * 12, to: benefit.benefitYear * 12 + 11, point: false };
  const term = /^(\d{4})(春|秋)$/.exec(benefit.term);
  if (!term) return null;
  const year = Number(term[1]) * 12;
  return term[2] === "春" ? { from: year + 1, to: year + 6, point: false } : { from: year + 8, to: year + 12, point: false };
}

function spanOfFact(fact: Fact): Span | null {
  if (!fact.date?.year) return null;
  const from = monthIndex(fact.date);
  if (fact.type === FactType.DEATH || fact.type === FactType.HOUSE_DAMAGE) return { from, to: from, point: true };
  return { from, to: fact.endDate?.year ? monthIndex(fact.endDate) : null, point: false };
}

export function spanOf(record: PersonRecord): Span | null {
  if (record.content.case === "benefit") return spanOfBenefit(record.content.value);
  return record.content.case === "fact" ? spanOfFact(record.content.value) : null;
}

// Their value is a programme's name.
const PROGRAMME_IN = new Set([FactType.REFUSED, FactType.APPLICATION, FactType.INELIGIBLE]);

export function whatOf(record: PersonRecord): { name: string; detail: string } {
  if (record.content.case === "benefit") {
    const benefit = record.content.value;
    const detail = [benefit.subItem, word(BenefitFormSchema, benefit.form), benefit.cause, benefit.stage, benefit.term];
    return { name: word(ProgrammeSchema, benefit.programme), detail: [...new Set(detail.filter(Boolean))].join(" · ") };
  }
  if (record.content.case === "fact") {
    const fact = record.content.value;
    return {
      name: word(FactTypeSchema, fact.type),
      detail: codeWord(PROGRAMME_IN.has(fact.type) ? ProgrammeSchema : Fact_CodeSchema, fact.value),
    };
  }
  return { name: t("common.unknown"), detail: "" };
}

// Which county's record it is, and whose: of two that give the same, one must see which gives what.
export function whereOf({ person, name }: PersonRecord): string {
  const source = name && isNamed(name.sourceId) ? sourceName(name.sourceId) : "";
  const region = person?.regionCode ? shortRegionName(person.regionCode.slice(0, 6)) : "";
  return [region && source.startsWith(region) ? "" : region, source].filter(Boolean).join(" · ");
}

export function whenOf(record: PersonRecord): string {
  const { content } = record;
  if (content.case === "benefit") {
    const { startMonth, endMonth, payDate, eventDate, decisionDate, benefitYear, term } = content.value;
    if (startMonth?.year) {
      return endMonth?.year ? `${monthText(startMonth)} – ${monthText(endMonth)}` : t("benefit.since", { month: monthText(startMonth) });
    }
    return dateText(payDate) || dateText(eventDate) || dateText(decisionDate) || (benefitYear ? String(benefitYear) : term);
  }
  if (content.case === "fact") {
    const { date, endDate } = content.value;
    return endDate?.year ? `${dateText(date)} – ${dateText(endDate)}` : dateText(date);
  }
  return "";
}

export function amountOf(record: PersonRecord): string {
  if (record.content.case !== "benefit") return "";
  const { amountFen, cycle } = record.content.value;
  if (amountFen === 0n) return "—";
  const each = cycle === Cycle.ONCE ? "" : wordWithin(CycleSchema, cycle);
  return each ? `${money(amountFen)} ${each}` : money(amountFen);
}

// The oldest first; what has no date comes last.
export function inOrder<T extends { record: PersonRecord }>(entries: readonly T[]): T[] {
  const from = (entry: T) => spanOf(entry.record)?.from ?? Number.MAX_SAFE_INTEGER;
  return [...entries].sort((a, b) => from(a) - from(b));
}
