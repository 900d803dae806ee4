// How good the machine's own links are: samples of them, judged blind by two officers, and what their answers say.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { review } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { FieldEvidence_LevelSchema } from "@/gen/relief/v1/registry_service_pb";
import { useSession } from "@/session/session";
import type { QualityReport, QualitySample } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { officerName } from "@/lib/officers";
import { intervalText, shareText } from "@/lib/share";
import { useText } from "@/locales";
import { codeWord, fieldName } from "@/locales/words";
import { DrawDialog } from "@/pages/review/DrawDialog";
import { ReviewTabs } from "@/pages/review/ReviewTabs";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import "./review.css";

// "id_number EXACT, name EXACT" -> "证件号码一致，姓名一致"
function usePattern() {
  const { t } = useText();
  return (pattern: string) =>
    pattern
      .split(", ")
      .map((part) => part.split(" "))
      .map(([field, level]) => (level ? `${fieldName(field)} ${codeWord(FieldEvidence_LevelSchema, level)}` : fieldName(field)))
      .join(t("common.listSeparator"));
}

function Report({ report }: { report: QualityReport }) {
  const { t } = useText();
  const pattern = usePattern();
  const both = report.judgedTwice > 0n;
  const figures = [
    { name: t("review.precision"), value: shareText(report.precision), under: intervalText(report.precision) },
    { name: t("review.officersAgree"), value: shareText(report.agreement), under: intervalText(report.agreement) },
    {
      name: t("review.kappa"),
      value: both ? report.kappa.toFixed(2) : "—",
      under: both ? `${report.kappaLow.toFixed(2)} – ${report.kappaHigh.toFixed(2)}` : "",
    },
    {
      name: t("review.judged"),
      value: count(report.judgedTwice),
      under: t("review.judgedOf", { once: count(report.judgedOnce), of: count(report.items), unsure: count(report.unsure) }),
    },
  ];
  return (
    <>
      <dl className="figures">
        {figures.map(({ name, value, under }) => (
          <div key={name} className="figure">
            <dt>{name}</dt>
            <dd>
              {value}
              <div className="quiet small figure-under">{under}</div>
            </dd>
          </div>
        ))}
      </dl>
      {report.patterns.length > 0 && (
        <section className="panel above">
          <div className="panel-head">
            <h2>{t("review.patterns")}</h2>
          </div>
          <div className="panel-body wide">
            <table className="plain-table">
              <caption className="hidden-text">{t("review.patterns")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("review.pattern")}</th>
                  <th scope="col" className="number">
                    {t("review.patternJudged")}
                  </th>
                  <th scope="col" className="number">
                    {t("review.precision")}
                  </th>
                  <th scope="col" className="number">
                    {t("review.interval")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {report.patterns.map((one) => (
                  <tr key={one.pattern}>
                    <td>{pattern(one.pattern)}</td>
                    <td className="number">{count(one.precision?.of ?? 0n)}</td>
                    <td className="number">{shareText(one.precision)}</td>
                    <td className="number">{intervalText(one.precision)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
    </>
  );
}

function Samples({ samples }: { samples: QualitySample[] }) {
  const { t } = useText();
  const { may } = useSession();
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("review.qualitySamples")}</h2>
      </div>
      <div className="panel-body wide">
        <table className="plain-table">
          <caption className="hidden-text">{t("review.qualitySamples")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("review.time")}</th>
              <th scope="col">{t("review.drawnBy")}</th>
              <th scope="col" className="number">
                {t("review.pairs")}
              </th>
              <th scope="col" className="number">
                {t("review.judgedOnce")}
              </th>
              <th scope="col" className="number">
                {t("review.judgedTwice")}
              </th>
              <th scope="col">{t("review.seed")}</th>
              <th scope="col">
                <span className="hidden-text">{t("review.judge")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {samples.map((sample) => (
              <tr key={sample.sampleId}>
                <td className="nowrap">
                  {timeText(sample.createTime)}
                  <div className="quiet small">{sample.modelVersion.split(" ")[0]}</div>
                </td>
                <td>{officerName(sample.officer)}</td>
                <td className="number">
                  {count(sample.items)}
                  <div className="quiet small">{t("review.ofLinks", { n: count(sample.links) })}</div>
                </td>
                <td className="number">{count(sample.judgedOnce)}</td>
                <td className="number">{count(sample.judgedTwice)}</td>
                <td className="code">{sample.seed.toString()}</td>
                <td>
                  {may("decide") && (
                    <Link className="cell" to={`/review/quality/${encodeURIComponent(sample.sampleId)}`}>
                      {t("review.judge")}
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function QualityPage() {
  const { t } = useText();
  const { may } = useSession();
  const [drawing, setDrawing] = useState(false);
  const samples = useQuery({ queryKey: queryKeys.quality.samples, queryFn: ({ signal }) => review.listQualitySamples({}, { signal }) });
  const report = useQuery({ queryKey: queryKeys.quality.report, queryFn: ({ signal }) => review.getQualityReport({}, { signal }) });
  const body = () => {
    const failed = [samples, report].find((query) => query.isError && !query.data);
    if (failed)
      return (
        <div className="panel">
          <ErrorState error={failed.error} retry={() => void failed.refetch()} />
        </div>
      );
    if (!samples.data || !report.data)
      return (
        <div className="panel">
          <PanelSkeleton rows={8} />
        </div>
      );
    if (samples.data.samples.length === 0) {
      return (
        <div className="panel">
          <Empty title={t("review.noSamples")} hint={t(may("drawSample") ? "review.noSamplesHint" : "review.noSamplesWait")}>
            {may("drawSample") && (
              <Button type="primary" onClick={() => setDrawing(true)}>
                {t("review.draw")}
              </Button>
            )}
          </Empty>
        </div>
      );
    }
    return (
      <>
        <Report report={report.data} />
        <Samples samples={samples.data.samples} />
      </>
    );
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("review.title")}</h1>
        <ReviewTabs />
        <span className="lead">{t("review.qualityLead")}</span>
        {may("drawSample") && <Button onClick={() => setDrawing(true)}>{t("review.draw")}</Button>}
      </div>
      {body()}
      {drawing && <DrawDialog close={() => setDrawing(false)} />}
    </div>
  );
}

export { QualityPage as Component };
