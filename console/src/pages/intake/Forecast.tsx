// What a load would open and close, or has: of all tables of the file, because they are one load.
import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { statusQuery } from "@/api/queries";
import type { LoadResult } from "@/gen/relief/v1/feed_service_pb";
import { count } from "@/lib/money";
import { useText } from "@/locales";

function Rules({ result }: { result: LoadResult }) {
  const { t, language } = useText();
  const rules = useQuery(statusQuery).data?.rules ?? [];
  const titleOf = (ruleId: string) => {
    const rule = rules.find((one) => one.ruleId === ruleId);
    return rule ? `${ruleId} ${language === "zh" ? rule.titleZh : rule.titleEn}` : ruleId;
  };
  return (
    <div className="wide">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t("intake.rule")}</th>
            <th scope="col" className="number">
              {t(result.dryRun ? "intake.wouldOpen" : "intake.opened")}
            </th>
            <th scope="col" className="number">
              {t(result.dryRun ? "intake.wouldClose" : "intake.closed")}
            </th>
          </tr>
        </thead>
        <tbody>
          {result.rules.map(({ ruleId, opened, closed }) => (
            <tr key={ruleId}>
              <td>{titleOf(ruleId)}</td>
              <td className="number">{count(opened)}</td>
              <td className="number">{count(closed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Forecast({ result }: { result: LoadResult }) {
  const { t } = useText();
  const baselines = result.sources.filter(({ baseline }) => baseline).map(({ sourceId }) => sourceId);
  return (
    <section className="panel above">
      <div className="panel-head">
        <h2>{t(result.dryRun ? "intake.forecast" : "intake.effect")}</h2>
      </div>
      <div className="panel-body">
        {result.notLookedAt > 0n && <Alert type="warning" showIcon title={t("intake.notLookedAt", { n: count(result.notLookedAt) })} />}
        {baselines.map((id) => (
          <Alert key={id} className="above" type="info" showIcon title={t("intake.baseline", { id })} />
        ))}
        {result.dryRun && (
          <ul className="questions">
            {result.sources.map((source) => (
              <li key={source.sourceId}>
                {t("intake.foreseen", {
                  id: source.sourceId,
                  accepted: count(source.accepted),
                  duplicate: count(source.duplicate),
                  stale: count(source.stale),
                  rejected: count(source.rejected),
                  ended: count(source.ended),
                })}
              </li>
            ))}
          </ul>
        )}
        {result.rules.length > 0 ? (
          <Rules result={result} />
        ) : (
          <p>{t(result.dryRun ? "intake.wouldChangeNothing" : "intake.changedNothing")}</p>
        )}
      </div>
    </section>
  );
}
