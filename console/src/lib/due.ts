// How much time is left until a term, counted from the hub's day.
import type { Date as CivilDate } from "@/gen/relief/v1/types_pb";
import { dateText, daysBetween } from "@/lib/dates";
import { t } from "@/locales";

const SOON = 3; // days

export interface Due {
  text: string;
  tone: "late" | "soon" | undefined;
}

// Without a day to count from it is the date of the term itself.
export function dueOf(due: CivilDate, overdue: boolean, day: CivilDate | undefined): Due {
  if (!day) return { text: dateText(due), tone: overdue ? "late" : undefined };
  const left = daysBetween(day, due);
  const text = left < 0 ? t("findings.overdue", { n: -left }) : left === 0 ? t("findings.dueToday") : t("findings.dueIn", { n: left });
  return { text, tone: overdue || left < 0 ? "late" : left <= SOON ? "soon" : undefined };
}
