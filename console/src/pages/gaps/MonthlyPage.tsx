// 信息报送: the month's summary as a document to print. The hub writes the whole page; it stands in a frame that runs no scripts.
import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Input } from "antd";
import dayjs from "dayjs";
import { useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { reports } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { styleNonce } from "@/lib/nonce";
import { saveFile } from "@/api/files";
import { useHubDay } from "@/api/hubDay";
import { monthIndex, monthOfIndex } from "@/lib/dates";
import { isRegionPrefix } from "@/lib/filter";
import { useText } from "@/locales";
import { RegionPicker } from "@/parts/RegionPicker";
import { ErrorState, PanelSkeleton } from "@/parts/states";
import "./gaps.css";

// A frame's document falls under this page's policy: its style element needs the page's nonce.
function withNonce(html: string): string {
  return styleNonce ? html.replace(/<style>/g, `<style nonce="${styleNonce}">`) : html;
}

function MonthlyPage() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const day = useHubDay();
  const lastMonth = day ? monthOfIndex(monthIndex(day) - 1) : "";
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(params.get("month") ?? "") ? params.get("month")! : lastMonth;
  const asked = params.get("region") ?? "";
  const region = isRegionPrefix(asked) ? asked.slice(0, 6) : "";
  const issuer = params.get("issuer") ?? "";
  const [draft, setDraft] = useState(issuer);
  const frame = useRef<HTMLIFrameElement>(null);
  const change = (name: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const query = useQuery({
    queryKey: queryKeys.gaps.monthly(month, region, issuer),
    queryFn: ({ signal }) => {
      const [year, number] = month.split("-").map(Number);
      return reports.getMonthlySummary({ month: { year, month: number }, regionPrefix: region, issuer }, { signal, timeoutMs: 120_000 });
    },
    enabled: month !== "",
    staleTime: 300_000,
  });
  const summary = query.data;
  return (
    <div className="page monthly-page">
      <div className="page-head">
        <Link to={`/gaps${region ? `?region=${region}` : ""}`} className="cell">
          <ArrowLeftOutlined aria-hidden /> {t("gaps.title")}
        </Link>
        <h1>{t("gaps.monthly")}</h1>
        <span className="lead" />
        <Button
          disabled={!summary}
          onClick={() => summary && saveFile(summary.fileName, "text/html;charset=utf-8", new TextEncoder().encode(summary.html))}
        >
          {t("gaps.save")}
        </Button>
        <Button type="primary" disabled={!summary} onClick={() => frame.current?.contentWindow?.print()}>
          {t("gaps.print")}
        </Button>
      </div>
      <div className="filters">
        <DatePicker
          picker="month"
          allowClear={false}
          value={month ? dayjs(`${month}-01`) : null}
          onChange={(chosen) => change("month", chosen?.format("YYYY-MM") ?? "")}
          disabledDate={(one) => day !== undefined && one.year() * 12 + one.month() > monthIndex(day)}
          aria-label={t("gaps.month")}
        />
        <RegionPicker value={region} onChange={(prefix) => change("region", prefix)} />
        <Input
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => change("issuer", draft.trim())}
          onPressEnter={() => change("issuer", draft.trim())}
          placeholder={t("gaps.issuer")}
          aria-label={t("gaps.issuer")}
          maxLength={60}
          style={{ width: 220 }}
        />
      </div>
      {query.isPending ? (
        <div className="panel">
          <PanelSkeleton rows={14} />
        </div>
      ) : !summary ? (
        <div className="panel">
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        </div>
      ) : (
        <iframe
          ref={frame}
          className="document"
          title={t("gaps.monthly")}
          srcDoc={withNonce(summary.html)}
          sandbox="allow-same-origin allow-modals"
        />
      )}
    </div>
  );
}

export { MonthlyPage as Component };
