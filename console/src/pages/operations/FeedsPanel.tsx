import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Tag } from "antd";
import { useState } from "react";
import { feeds } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import { type Source, Source_ContentSchema, SnapshotResult_StateSchema, SnapshotResult_State } from "@/gen/relief/v1/feed_service_pb";
import { useHubDay } from "@/api/hubDay";
import { dayOf, daysBetween, timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { regionName } from "@/lib/regions";
import { sourceName } from "@/lib/sources";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { RejectionsDialog } from "@/pages/operations/RejectionsDialog";
import { SnapshotDialog } from "@/pages/operations/SnapshotDialog";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import { programmeName } from "@/parts/tags";

const STALE_DAYS = 35; // a monthly feed that is more than a few days late

function Row({ source, settle, explain }: { source: Source; settle?: () => void; explain: () => void }) {
  const { t } = useText();
  const day = useHubDay();
  const days = day && source.lastPushTime ? daysBetween(dayOf(source.lastPushTime), day) : null;
  const total = source.accepted + source.rejected;
  const share = total > 0n ? (100 * Number(source.rejected)) / Number(total) : 0;
  return (
    <tr>
      <td>
        {sourceName(source.sourceId)}
        {sourceName(source.sourceId) !== source.sourceId && <span className="quiet code"> {source.sourceId}</span>}
      </td>
      <td>{source.programme ? programmeName(source.programme) : word(Source_ContentSchema, source.content)}</td>
      <td>{source.regionPrefix ? regionName(source.regionPrefix) : t("gaps.country")}</td>
      <td className="number">{count(source.liveRecords)}</td>
      <td className="number">{count(source.accepted)}</td>
      <td className={share >= 5 ? "number late" : "number"}>
        {source.rejected > 0n ? (
          <Button
            type="link"
            size="small"
            className="in-number"
            onClick={explain}
            aria-label={t("operations.rejectedTitle", { source: sourceName(source.sourceId) })}
          >
            {count(source.rejected)}
          </Button>
        ) : (
          count(source.rejected)
        )}
        {source.rejected > 0n && <span className="quiet small"> {share.toFixed(1)}%</span>}
      </td>
      <td className="nowrap">
        {timeText(source.lastPushTime) || t("operations.never")}
        {days !== null && days > STALE_DAYS && <div className="late small">{t("operations.stale", { n: STALE_DAYS })}</div>}
      </td>
      <td>
        {source.snapshotHeld ? (
          <>
            <Tag color="gold">{word(SnapshotResult_StateSchema, SnapshotResult_State.HELD)}</Tag>
            {settle ? (
              <Button size="small" onClick={settle}>
                {t("operations.confirm")}
              </Button>
            ) : (
              <span className="quiet small">{t("operations.cannotConfirm")}</span>
            )}
          </>
        ) : source.openSnapshotId ? (
          <Tag>{t("operations.open")}</Tag>
        ) : null}
      </td>
    </tr>
  );
}

export function FeedsPanel({ every }: { every: number }) {
  const { t } = useText();
  const { may } = useSession();
  const [settling, setSettling] = useState<Source | null>(null);
  const [explained, setExplained] = useState<Source | null>(null);
  const query = useQuery({
    queryKey: queryKeys.sources,
    queryFn: ({ signal }) => feeds.listSources({ pageSize: 1000 }, { signal }),
    refetchInterval: every,
  });
  if (query.isPending)
    return (
      <div className="panel">
        <PanelSkeleton rows={8} />
      </div>
    );
  if (!query.data)
    return (
      <div className="panel">
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  const { sources } = query.data;
  if (sources.length === 0)
    return (
      <div className="panel">
        <Empty title={t("operations.noSources")} hint={t("operations.noSourcesHint")} />
      </div>
    );
  const held = sources.filter((source) => source.snapshotHeld).length;
  return (
    <>
      {held > 0 && (
        <Alert
          className="above"
          type="warning"
          showIcon
          title={t("operations.heldTitle", { n: held })}
          description={t("operations.heldText")}
        />
      )}
      <section className="panel">
        <div className="panel-body wide">
          <table className="plain-table">
            <caption className="hidden-text">{t("operations.sources")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("operations.source")}</th>
                <th scope="col">{t("operations.content")}</th>
                <th scope="col">{t("operations.region")}</th>
                <th scope="col" className="number">
                  {t("operations.live")}
                </th>
                <th scope="col" className="number">
                  {t("operations.accepted")}
                </th>
                <th scope="col" className="number">
                  {t("operations.rejected")}
                </th>
                <th scope="col">{t("operations.lastSeen")}</th>
                <th scope="col">{t("operations.snapshot")}</th>
              </tr>
            </thead>
            <tbody>
              {sources.map((source) => (
                <Row
                  key={source.sourceId}
                  source={source}
                  explain={() => setExplained(source)}
                  settle={may("settleSnapshots") ? () => setSettling(source) : undefined}
                />
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {explained && <RejectionsDialog source={explained} close={() => setExplained(null)} />}
      {settling && <SnapshotDialog source={settling} close={() => setSettling(null)} />}
    </>
  );
}
