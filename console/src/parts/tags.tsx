// Small marks that look the same on every page.
import { Tag } from "antd";
import { FindingKind, Programme, Severity } from "@/gen/relief/v1/types_pb";
import { named, useText } from "@/locales";

const KIND_COLORS: Partial<Record<FindingKind, string>> = {
  [FindingKind.DUPLICATE]: "red",
  [FindingKind.MISSING]: "gold",
  [FindingKind.STATUS]: "volcano",
  [FindingKind.OFFSET]: "geekblue",
  [FindingKind.IDENTITY]: "purple",
};

export function KindTag({ kind }: { kind: FindingKind }) {
  useText();
  return <Tag color={KIND_COLORS[kind]}>{named("findingKind", FindingKind[kind] ?? String(kind))}</Tag>;
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
