// Of those who hold a base programme, how many have no such gap; and whether the departments have reported at all.
import { Tag } from "antd";
import { SnapshotResult_StateSchema, SnapshotResult_State, Source_Content, Source_ContentSchema } from "@/gen/relief/v1/feed_service_pb";
import type { GapReport } from "@/gen/relief/v1/report_service_pb";
import { NeedSchema, FindingKindSchema, FindingKind } from "@/gen/relief/v1/types_pb";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { regionName, shortRegionName } from "@/lib/regions";
import { sourceName } from "@/lib/sources";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { findingTitle } from "@/parts/findings";
import { Defined } from "@/pages/gaps/Defined";
import { programmeName } from "@/parts/tags";

type Coverage = GapReport["coverage"][number];

function Rows({ rows, regional }: { rows: Coverage[]; regional: boolean }) {
  const { t } = useText();
  return (
    <table className="plain-table">
      <caption className="hidden-text">{t("gaps.coverage")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("gaps.rule")}</th>
          <th scope="col">{t("findings.need")}</th>
          {regional && <th scope="col">{t("gaps.region")}</th>}
          <th scope="col" className="number">
            {t("gaps.holders")}
          </th>
          <th scope="col" className="number">
            {word(FindingKindSchema, FindingKind.MISSING)}
          </th>
          <th scope="col" className="number">
            {t("gaps.rate")}
          </th>
          <th aria-hidden="true" />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.ruleId} ${row.regionPrefix}`}>
            <td>
              <span className="code">{row.ruleId}</span> {findingTitle(row)}
            </td>
            <td className="nowrap">{row.need ? word(NeedSchema, row.need) : ""}</td>
            {regional && (
              <td className="nowrap" title={regionName(row.regionPrefix)}>
                {shortRegionName(row.regionPrefix) || t("gaps.noRegion")}
              </td>
            )}
            {row.suppressed ? (
              <td colSpan={4} className="quiet">
                {t("gaps.withheld")}
              </td>
            ) : (
              <>
                <td className="number">{count(row.holders)}</td>
                <td className="number">{count(row.missing)}</td>
                <td className="number">{row.holders > 0n ? `${(100 * row.rate).toFixed(1)}%` : "—"}</td>
                <td aria-hidden="true" className="rate-cell">
                  <div className="rate">
                    <i style={{ width: `${100 * row.rate}%` }} />
                  </div>
                </td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Least covered first; what is not shown last. Where nobody is missing there is nothing to do.
export function CoverageView({ report }: { report: GapReport }) {
  const { t } = useText();
  const regional = report.coverage.some(({ regionPrefix }) => regionPrefix);
  const whole = (row: Coverage) => !row.suppressed && row.missing === 0n;
  const place = (row: Coverage) => (row.suppressed ? 2 : row.rate);
  const lacking = report.coverage.filter((row) => !whole(row)).sort((a, b) => place(a) - place(b));
  const reached = report.coverage.filter(whole);
  return (
    <section className="panel long">
      <div className="panel-head">
        <h2>
          <Defined figure="coverage">{t("gaps.coverage")}</Defined>
        </h2>
      </div>
      <div className="panel-body wide">
        <p className="quiet hint">{t("gaps.coverageHint")}</p>
        {report.coverage.length === 0 && <p className="quiet">{t(report.persons === 0n ? "gaps.noCoverageThen" : "gaps.empty")}</p>}
        {lacking.length > 0 && <Rows rows={lacking} regional={regional} />}
        {reached.length > 0 && (
          <details className="twin">
            <summary>{t("gaps.allReached", { n: reached.length })}</summary>
            <Rows rows={reached} regional={regional} />
          </details>
        )}
      </div>
    </section>
  );
}

export function FeedsView({ report }: { report: GapReport }) {
  const { t } = useText();
  return (
    <section className="panel long">
      <div className="panel-head">
        <h2>
          <Defined figure="feeds">{t("gaps.feeds")}</Defined>
        </h2>
      </div>
      <div className="panel-body">
        <p className="quiet hint">{t("gaps.feedsHint")}</p>
        <table className="plain-table">
          <caption className="hidden-text">{t("gaps.feeds")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("operations.source")}</th>
              <th scope="col">{t("findings.programme")}</th>
              <th scope="col">{t("gaps.region")}</th>
              <th scope="col" className="number">
                {t("operations.live")}
              </th>
              <th scope="col">{t("operations.lastSeen")}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {report.feeds.map((feed) => (
              <tr key={feed.sourceId}>
                <td title={feed.sourceId}>{sourceName(feed.sourceId)}</td>
                <td>
                  {feed.programme ? (
                    programmeName(feed.programme)
                  ) : (
                    <span className="quiet">{word(Source_ContentSchema, Source_Content.FACTS)}</span>
                  )}
                </td>
                <td>{feed.regionPrefix ? regionName(feed.regionPrefix) : t("gaps.country")}</td>
                <td className="number">{count(feed.liveRecords)}</td>
                <td>{timeText(feed.lastPushTime) || t("operations.never")}</td>
                <td>
                  {feed.late && <Tag color="red">{t("gaps.late")}</Tag>}
                  {feed.snapshotHeld && <Tag color="gold">{word(SnapshotResult_StateSchema, SnapshotResult_State.HELD)}</Tag>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
