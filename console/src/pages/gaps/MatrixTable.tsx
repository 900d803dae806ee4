// Rules by regions. Every number leads to the findings behind it; every region to its own report.
import { Segmented } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { GapReport, GapRow } from "@/gen/relief/v1/report_service_pb";
import { filterKey, type Filter } from "@/lib/filter";
import { count, yuan } from "@/lib/money";
import { figureOf, matrixOf, type Metric } from "@/lib/report";
import { regionName, shortRegionName } from "@/lib/regions";
import { useText } from "@/locales";
import { findingTitle } from "@/parts/findings";
import { KindTag } from "@/parts/tags";

function Cell({ row, metric, to, label }: { row: GapRow | undefined; metric: Metric; to: string; label: string }) {
  const { t } = useText();
  if (!row) return <td className="number quiet">·</td>;
  if (row.figures?.suppressed)
    return (
      <td className="number quiet" title={t("gaps.withheldHint")}>
        {t("gaps.withheld")}
      </td>
    );
  const value = figureOf(row.figures, metric);
  return (
    <td className="number">
      <Link className="cell" to={to} aria-label={label}>
        {metric === "amount" ? yuan(value).replace(/\.00$/, "") : count(value)}
      </Link>
    </td>
  );
}

export function MatrixTable({ report, filter, drill }: { report: GapReport; filter: Filter; drill: (region: string) => void }) {
  const { t } = useText();
  const [metric, setMetric] = useState<Metric>("findings");
  const { regions, rules } = matrixOf(report.rows);
  const rows = (rule: string, region: string) =>
    `/findings?${filterKey({ ...filter, states: ["OPEN"], rules: [rule], region: region || filter.region })}`;
  const names = (region: string) => (region ? regionName(region) : t("gaps.noRegion"));
  return (
    <section className="panel long">
      <div className="panel-head">
        <h2>{t("gaps.byRuleAndRegion")}</h2>
        <span className="end no-print">
          <Segmented
            aria-label={t("gaps.metric")}
            value={metric}
            onChange={setMetric}
            options={[
              { value: "findings", label: t("gaps.byFindings") },
              { value: "persons", label: t("gaps.byPersons") },
              { value: "amount", label: t("gaps.byAmount") },
            ]}
          />
        </span>
      </div>
      <div className="panel-body gap-scroll" tabIndex={0} role="region" aria-label={t("gaps.byRuleAndRegion")}>
        <table className="plain-table matrix">
          <caption className="hidden-text">{t("gaps.byRuleAndRegion")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("gaps.rule")}</th>
              {regions.map((region) => (
                <th scope="col" key={region} className="number">
                  {region && report.rows.some((row) => row.regionPrefix === region && row.hasFinerRegions) ? (
                    <button type="button" className="link" title={names(region)} onClick={() => drill(region)}>
                      {shortRegionName(region)}
                    </button>
                  ) : (
                    <span title={names(region)}>{region ? shortRegionName(region) : t("gaps.noRegion")}</span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rules.map(({ rule, row, cells }) => (
              <tr key={rule}>
                <th scope="row">
                  <KindTag kind={row.kind} />
                  <span className="code">{rule}</span> {findingTitle(row)}
                </th>
                {regions.map((region) => (
                  <Cell
                    key={region}
                    row={cells.get(region)}
                    metric={metric}
                    to={rows(rule, region)}
                    label={t("gaps.openRows", {
                      rule: `${rule} ${findingTitle(row)}`,
                      region: names(region),
                      n: count(cells.get(region)?.figures?.findings ?? 0n),
                    })}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="panel-body">
        <p className="quiet hint">
          {t("gaps.totalHint")} {t("gaps.dotHint")} {metric === "persons" && t("gaps.personsTotalHint")}
        </p>
        {report.suppressedRows > 0n && <p className="quiet hint">{t("gaps.suppressed", { n: count(report.suppressedRows) })}</p>}
      </div>
    </section>
  );
}
