// Benefits and facts over time: one table row each, with a bar that shows where it stands. The table is what screen readers
// read; the bars only repeat it.
import { Fragment } from "react";
import type { PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { amountOf, inOrder, spanOf, whatOf, whenOf, whereOf } from "@/lib/benefits";
import { useHubDay } from "@/api/hubDay";
import type { Date as CivilDate } from "@/gen/relief/v1/types_pb";
import { monthIndex } from "@/lib/dates";
import { useText } from "@/locales";
import { sideName } from "@/locales/words";
import "./timeline.css";

export interface TimelineEntry {
  record: PersonRecord;
  side?: "a" | "b";
  marked?: boolean; // in evidence
}

const SHORTEST = 24; // months: one payment alone would otherwise fill the whole width

function scaleOf(entries: readonly TimelineEntry[], day: CivilDate | undefined) {
  const spans = entries.map(({ record }) => spanOf(record)).filter((span) => span !== null);
  const now = day ? monthIndex(day) : Math.max(...spans.map((span) => span.to ?? span.from));
  const last = Math.max(...spans.map((span) => span.to ?? now), spans.some((span) => span.to === null) ? now : 0);
  const first = Math.min(...spans.map((span) => span.from), last - SHORTEST + 1);
  const width = last - first + 1;
  const place = (month: number) => (100 * (month - first)) / width;
  const years: number[] = [];
  const step = width > 180 ? 5 : width > 84 ? 2 : 1;
  for (let year = Math.ceil(first / 12); year * 12 <= last; ++year) if (year % step === 0) years.push(year);
  return { place, last, years, any: spans.length > 0 };
}

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const { t } = useText();
  const { place, last, years, any } = scaleOf(entries, useHubDay());
  const sided = entries.some(({ side }) => side);
  return (
    <table className="plain-table timeline">
      <caption className="hidden-text">{t("benefit.timeline")}</caption>
      <thead>
        <tr>
          {sided && (
            <th scope="col">
              <span className="hidden-text">{t("benefit.side")}</span>
            </th>
          )}
          <th scope="col">{t("benefit.what")}</th>
          <th scope="col">{t("benefit.when")}</th>
          <th scope="col" className="number">
            {t("benefit.amount")}
          </th>
          <th className="track-head" aria-hidden="true">
            <div className="track">
              {any &&
                years.map((year) => (
                  <span key={year} className="year" style={{ left: `${place(year * 12)}%` }}>
                    {year}
                  </span>
                ))}
            </div>
          </th>
        </tr>
      </thead>
      <tbody>
        {inOrder(entries).map(({ record, side, marked }, row) => {
          const span = spanOf(record);
          const { name, detail } = whatOf(record);
          const where = whereOf(record);
          const to = span?.to ?? last;
          const kind = record.content.case === "fact" ? "fact" : side ? `side-${side}` : "benefit";
          return (
            <tr key={row} className={marked ? "marked" : undefined}>
              {sided && (
                <td>
                  <span className={`side-mark side-${side}`}>{side && sideName(side)}</span>
                </td>
              )}
              <td>
                {name}
                {marked && <span className="in-evidence">{t("benefit.inEvidence")}</span>}
                {(detail || where) && <div className="quiet small">{[detail, where].filter(Boolean).join(" · ")}</div>}
              </td>
              <td className="nowrap">
                {whenOf(record) || <span className="quiet">{t("common.unknown")}</span>}
                {span && span.to === null && <span className="hidden-text"> {t("benefit.running")}</span>}
              </td>
              <td className="number">{amountOf(record)}</td>
              <td aria-hidden="true">
                <div className="track">
                  {any &&
                    years.map((year) => (
                      <Fragment key={year}>
                        <i className="tick" style={{ left: `${place(year * 12)}%` }} />
                      </Fragment>
                    ))}
                  {span &&
                    (span.point ? (
                      <i className={`dot ${kind}`} style={{ left: `${place(span.from + 0.5)}%` }} />
                    ) : (
                      <i
                        className={`bar ${kind}${span.to === null ? " running" : ""}`}
                        style={{ left: `${place(span.from)}%`, width: `${place(to + 1) - place(span.from)}%` }}
                      />
                    ))}
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
