// What the officer says of a file, before it is sent to the hub.
import { create } from "@bufbuild/protobuf";
import {
  UploadAnswersSchema,
  UploadAnswers_ColumnSchema,
  UploadTargetSchema,
  type TableReading,
  type Upload,
  type UploadAnswers,
} from "@/gen/relief/v1/intake_service_pb";
import { MonthSchema, type Programme } from "@/gen/relief/v1/types_pb";
import { monthText } from "@/lib/dates";

export interface Draft {
  programme: Programme;
  facts: boolean;
  region: string;
  period: string; // "2026-10", or empty
  columns: Record<string, string>; // heading -> use
  targets: { sourceId: string; reading: TableReading }[];
}

export function draftOf(upload: Upload): Draft {
  const { answers } = upload;
  return {
    programme: answers?.programme ?? 0,
    facts: answers?.facts ?? false,
    region: answers?.regionPrefix ?? "",
    period: monthText(answers?.period),
    columns: Object.fromEntries(answers?.columns.map(({ heading, use }) => [heading, use]) ?? []),
    targets: answers?.targets.map(({ sourceId, reading }) => ({ sourceId, reading })) ?? [],
  };
}

export function answersOf(draft: Draft): UploadAnswers {
  const [year, month] = draft.period.split("-").map(Number);
  return create(UploadAnswersSchema, {
    programme: draft.programme,
    facts: draft.facts,
    regionPrefix: draft.region,
    period: draft.period ? create(MonthSchema, { year, month }) : undefined,
    columns: Object.entries(draft.columns).map(([heading, use]) => create(UploadAnswers_ColumnSchema, { heading, use })),
    targets: draft.targets.map((target) => create(UploadTargetSchema, target)),
  });
}

// A programme, a region or a month makes other tables of it: the sources that were chosen for the old ones go.
export function withoutTargets(draft: Draft): Draft {
  return { ...draft, targets: [] };
}

export function isSame(a: Draft, b: Draft): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
