// The store on disk: whether it takes writes, how much room is left, when it was last backed up.
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";
import { admin } from "@/api/clients";
import { messageOf, troubleOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import type { Backup, StoreStats } from "@/gen/relief/v1/admin_service_pb";
import { bytesText } from "@/lib/bytes";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { useText } from "@/locales";
import { FactsList, type Fact } from "@/parts/FactsList";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";

const LONG = { timeoutMs: 3_600_000 };

function microsText(micros: bigint): string {
  return micros > 0n ? timeText(timestampFromMs(Number(micros / 1000n))) : "";
}

function Health({ stats }: { stats: StoreStats }) {
  const { t } = useText();
  if (!stats.takesWrites)
    return <Alert className="above" type="error" showIcon title={t("operations.noWrites")} description={t("operations.noWritesHint")} />;
  if (stats.diskLow)
    return <Alert className="above" type="error" showIcon title={t("operations.diskLow", { least: bytesText(stats.minFreeDiskBytes) })} />;
  if (stats.backgroundErrors > 0n)
    return (
      <Alert className="above" type="warning" showIcon title={t("operations.backgroundErrors", { n: count(stats.backgroundErrors) })} />
    );
  return <Alert className="above" type="success" showIcon title={t("operations.storeWell")} />;
}

function Figures({ stats }: { stats: StoreStats }) {
  const { t } = useText();
  const rows: Fact[] = [
    [t("operations.diskUsed"), bytesText(stats.diskBytes)],
    [t("operations.diskFree"), bytesText(stats.diskFreeBytes)],
    [t("operations.tables"), `${count(stats.tableFiles)} · ${bytesText(stats.tableBytes)}`],
    [t("operations.logs"), bytesText(stats.logBytes)],
    [t("operations.cache"), `${bytesText(stats.blockCacheBytes)} / ${bytesText(stats.blockCacheCapacityBytes)}`],
    [t("operations.pending"), bytesText(stats.pendingCompactionBytes)],
    [t("operations.rows"), count(stats.estimatedRows)],
    [t("operations.commits"), `${count(stats.commits)} · ${t("operations.syncs", { n: count(stats.syncs) })}`],
    [t("operations.cipher"), stats.cipher || t("operations.notEncrypted")],
    [t("operations.format"), String(stats.format)],
    [t("operations.lastBackup"), microsText(stats.lastBackupTimeUs) || t("operations.neverBackedUp")],
  ];
  return <FactsList facts={rows} />;
}

function Backups() {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const query = useQuery({ queryKey: queryKeys.backups, queryFn: ({ signal }) => admin.listBackups({}, { signal }) });
  const failed = (error: unknown) => message.error(t("review.failed", { message: messageOf(error) }), 12);
  const create = useMutation({
    mutationFn: () => admin.createBackup({}, LONG),
    onSuccess: (backup) => {
      message.success(t("operations.backedUp", { bytes: bytesText(backup.copiedBytes) }));
      void client.invalidateQueries({ queryKey: queryKeys.backups });
    },
    onError: failed,
  });
  const check = useMutation({
    mutationFn: (backup: Backup) => admin.checkRestore({ backupId: backup.backupId }, LONG),
    onSuccess: (result) =>
      message.success(t("operations.restorable", { rows: count(result.rows), entries: count(result.auditEntries) }), 10),
    onError: failed,
  });
  const busy = create.isPending || check.isPending;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("operations.backups")}</h2>
        {may("backUp") && query.data && (
          <Button className="end" size="small" loading={create.isPending} disabled={busy} onClick={() => create.mutate()}>
            {t("operations.backUp")}
          </Button>
        )}
      </div>
      <div className="panel-body">
        {query.isPending ? (
          <PanelSkeleton rows={3} />
        ) : !query.data && troubleOf(query.error) === "invalid" ? (
          <Empty title={t("operations.noBackupFolder")} hint={t("operations.noBackupFolderHint")} />
        ) : !query.data ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : query.data.backups.length === 0 ? (
          <p className="quiet hint">{t("operations.noBackups")}</p>
        ) : (
          <table className="plain-table">
            <caption className="hidden-text">{t("operations.backups")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("review.time")}</th>
                <th scope="col" className="number">
                  {t("operations.position")}
                </th>
                <th scope="col" className="number">
                  {t("operations.size")}
                </th>
                <th scope="col" />
              </tr>
            </thead>
            <tbody>
              {query.data.backups.map((backup) => (
                <tr key={backup.backupId}>
                  <td>{microsText(backup.timeUs)}</td>
                  <td className="number">{count(backup.position)}</td>
                  <td className="number">{bytesText(backup.bytes)}</td>
                  <td>
                    {may("backUp") && (
                      <Button
                        size="small"
                        disabled={busy}
                        loading={check.isPending && check.variables === backup}
                        onClick={() => check.mutate(backup)}
                      >
                        {t("operations.checkRestore")}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

export function StorePanel({ every }: { every: number }) {
  const { t } = useText();
  const query = useQuery({
    queryKey: queryKeys.store,
    queryFn: ({ signal }) => admin.getStoreStats({}, { signal }),
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
  return (
    <>
      <Health stats={query.data} />
      <div className="two">
        <section className="panel">
          <div className="panel-head">
            <h2>{t("operations.store")}</h2>
          </div>
          <div className="panel-body">
            <Figures stats={query.data} />
          </div>
        </section>
        <Backups />
      </div>
    </>
  );
}
