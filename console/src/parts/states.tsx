// What a page shows when it has nothing else to show: loading, empty, no right, gone, unreachable.
import {
  DisconnectOutlined,
  FileSearchOutlined,
  HourglassOutlined,
  InboxOutlined,
  LockOutlined,
  ReloadOutlined,
  WarningOutlined,
} from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useEffect, useEffectEvent, useSyncExternalStore, type ReactNode } from "react";
import { useRouteError } from "react-router";
import { messageOf, troubleOf } from "@/api/errors";
import { useText } from "@/locales";

interface StateProps {
  icon: ReactNode;
  title: string;
  hint?: string;
  said?: string;
  error?: boolean;
  children?: ReactNode;
}

function State({ icon, title, hint, said, error, children }: StateProps) {
  return (
    <div className={error ? "state error" : "state"} role={error ? "alert" : "status"}>
      {icon}
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {said && <div className="said code">{said}</div>}
      {children && <div className="act">{children}</div>}
    </div>
  );
}

export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <State icon={<InboxOutlined />} title={title} hint={hint}>
      {children}
    </State>
  );
}

export function NoRight() {
  const { t } = useText();
  return <State icon={<LockOutlined />} title={t("state.noRight")} hint={t("state.noRightHint")} />;
}

export function NoSuchPage() {
  const { t } = useText();
  return <State icon={<FileSearchOutlined />} title={t("state.noSuchPage")} hint={t("state.noSuchPageHint")} />;
}

const AGAIN = 5_000; // ms until a hub that did not answer is asked again

// Where nobody answered, it asks again by itself: the hub may be restarting.
function useRecovery(away: boolean, retry: (() => void) | undefined) {
  const again = useEffectEvent(() => retry?.());
  const asks = away && retry !== undefined;
  useEffect(() => {
    if (!asks) return;
    const timer = setInterval(() => again(), AGAIN);
    return () => clearInterval(timer);
  }, [asks]);
}

export function ErrorState({ error, retry, recovers = true }: { error: unknown; retry?: () => void; recovers?: boolean }) {
  const { t } = useText();
  const trouble = troubleOf(error);
  const away = trouble === "offline" || trouble === "unreachable";
  const title = t(`state.${trouble}`);
  const said = messageOf(error) === title ? undefined : messageOf(error);
  useRecovery(recovers && away, retry);
  if (trouble === "noRight") return <NoRight />;
  const again = retry && (
    <Button icon={<ReloadOutlined />} onClick={retry}>
      {t("common.retry")}
    </Button>
  );
  if (trouble === "notFound") {
    return (
      <State icon={<FileSearchOutlined />} title={t("state.notFound")} hint={t("state.notFoundHint")} said={said}>
        {again}
      </State>
    );
  }
  if (trouble === "notYet") return <State icon={<HourglassOutlined />} title={t("state.notYet")} hint={t("state.notYetHint")} />;
  return (
    <State
      error
      icon={away ? <DisconnectOutlined /> : <WarningOutlined />}
      title={title}
      hint={trouble === "invalid" ? undefined : t(`state.${trouble}Hint`)}
      said={said}
    >
      {again}
    </State>
  );
}

// A page's code threw, or could not be loaded after an update of the hub.
export function PageFailed() {
  const error = useRouteError();
  return <ErrorState error={error} retry={() => window.location.reload()} recovers={false} />;
}

export function PageSkeleton() {
  const { t } = useText();
  return (
    <div className="page" role="status" aria-label={t("common.loading")}>
      <Skeleton active title={{ width: 180 }} paragraph={{ rows: 10 }} />
    </div>
  );
}

export function PanelSkeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useText();
  return (
    <div style={{ padding: 16 }} role="status" aria-label={t("common.loading")}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}

function subscribeOnline(listener: () => void) {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

export function useOnline(): boolean {
  return useSyncExternalStore(subscribeOnline, () => navigator.onLine);
}

export function OfflineBanner() {
  const { t } = useText();
  return <div role="status">{useOnline() ? null : <div className="offline">{t("app.offline")}</div>}</div>;
}

interface MoreProps {
  shown: number;
  hasMore: boolean;
  loading: boolean;
  load: () => void;
}

export function More({ shown, hasMore, loading, load }: MoreProps) {
  const { t } = useText();
  return (
    <div className="more no-print">
      <span>{t(hasMore ? "common.shown" : "common.shownAll", { n: shown })}</span>
      {hasMore && (
        <Button size="small" loading={loading} onClick={load}>
          {t("common.more")}
        </Button>
      )}
    </div>
  );
}
