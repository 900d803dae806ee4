// Small marks that look the same on every page.
import { FindingKind, Programme, Severity } from "@/gen/relief/v1/types_pb";
import { named, useText } from "@/locales";

export function KindTag({ kind }: { kind: FindingKind }) {
  useText();
  return <span className={`kind k${kind}`}>{named("findingKind", FindingKind[kind] ?? String(kind))}</span>;
}

export function SeverityMark({ severity }: { severity: Severity }) {
  useText();
  return <span className={`severity s${severity}`}>{named("severity", Severity[severity] ?? String(severity))}</span>;
}

export function programmeName(programme: Programme): string {
  return named("programme", Programme[programme] ?? String(programme));
}

export function options<T extends Record<string, string | number>>(group: string, values: T) {
  return Object.keys(values)
    .filter((name) => Number.isNaN(Number(name)) && values[name] !== 0)
    .map((name) => ({ value: name, label: named(group, name) }));
}
