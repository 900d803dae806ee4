// Whether the hub is well: what the departments send, which rules and model are in force, how the store is.
import { useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { useSearchParams } from "react-router";
import { statusQuery } from "@/api/queries";
import { useSession } from "@/session/session";
import { dateText } from "@/lib/dates";
import { count } from "@/lib/money";
import { useText } from "@/locales";
import { FeedsPanel } from "@/pages/operations/FeedsPanel";
import { RulesPanel } from "@/pages/operations/RulesPanel";
import { SchedulesPanel } from "@/pages/operations/SchedulesPanel";
import { StorePanel } from "@/pages/operations/StorePanel";
import { ErrorState, PageSkeleton } from "@/parts/states";
import "./operations.css";

const EVERY = 30_000; // ms

function OperationsPage() {
  const { t } = useText();
  const { may } = useSession();
  const [params, setParams] = useSearchParams();
  const query = useQuery({ ...statusQuery, refetchInterval: EVERY });
  if (query.isPending) return <PageSkeleton />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const status = query.data;
  const figures: [string, string][] = [
    [t("operations.live"), count(status.liveRecords)],
    [t("operations.persons"), count(status.persons)],
    [t("operations.openFindings"), count(status.openFindings)],
    [t("operations.openConflicts"), count(status.openConflicts)],
    [t("operations.position"), count(status.position)],
    [t("operations.asOf"), dateText(status.asOfDate)],
  ];
  const tabs = [
    { key: "feeds", label: t("operations.sources"), children: <FeedsPanel every={EVERY} /> },
    { key: "rules", label: t("operations.rules"), children: <RulesPanel rules={status.rules} /> },
    ...(may("store") ? [{ key: "store", label: t("operations.store"), children: <StorePanel every={EVERY} /> }] : []),
    { key: "schedules", label: t("operations.schedules"), children: <SchedulesPanel /> },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("operations.title")}</h1>
        <span className="lead">
          {t("operations.version")} {status.version} · {t("operations.model")} <span className="code">{status.modelVersion}</span>
        </span>
        <span className="quiet">{t("operations.auto")}</span>
      </div>
      <dl className="figures">
        {figures.map(([name, value]) => (
          <div key={name} className="figure">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Tabs
        activeKey={tabs.some(({ key }) => key === params.get("view")) ? params.get("view")! : "feeds"}
        onChange={(view) => setParams({ view })}
        items={tabs}
        destroyOnHidden
      />
    </div>
  );
}

export { OperationsPage as Component };
