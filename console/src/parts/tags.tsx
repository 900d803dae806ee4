// Small marks that look the same on every page.
import { FindingKind, Programme, Severity, SeveritySchema, FindingKindSchema, ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { useText } from "@/locales";
import { word } from "@/locales/words";

export function KindTag({ kind }: { kind: FindingKind }) {
  useText();
  return <span className={`kind k${kind}`}>{word(FindingKindSchema, kind)}</span>;
}

export function SeverityMark({ severity }: { severity: Severity }) {
  useText();
  return <span className={`severity s${severity}`}>{word(SeveritySchema, severity)}</span>;
}

export function programmeName(programme: Programme): string {
  return word(ProgrammeSchema, programme);
}
