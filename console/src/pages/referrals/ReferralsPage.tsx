// 转介: gaps that somebody took on, those first that must be answered soonest.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Checkbox, Select } from "antd";
import { Link, useNavigate, useSearchParams } from "react-router";
import { referrals } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import {
  Referral_Reason,
  Referral_State as State,
  type Referral,
  Referral_ReasonSchema,
  Referral_StateSchema,
} from "@/gen/relief/v1/referral_service_pb";
import { Programme, ProgrammeSchema, NeedSchema } from "@/gen/relief/v1/types_pb";
import { timeText } from "@/lib/dates";
import { isRegionPrefix } from "@/lib/filter";
import { isClosed } from "@/lib/referral";
import { shortRegionName } from "@/lib/regions";
import { callerOf, officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { word, options } from "@/locales/words";
import { DueText } from "@/parts/findings";
import { DataTable, type Column } from "@/parts/DataTable";
import { RegionPicker } from "@/parts/RegionPicker";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import { programmeName } from "@/parts/tags";
import "./referrals.css";

export function Due({ referral }: { referral: Referral }) {
  if (!referral.dueDate?.year || isClosed(referral.state)) return <span className="quiet">—</span>;
  return <DueText due={referral.dueDate} overdue={referral.overdue} />;
}

export function targetText(referral: Referral, separator: string): string {
  const { target } = referral;
  if (!target) return "";
  return [target.programme ? programmeName(target.programme) : "", target.region ? shortRegionName(target.region) : ""]
    .filter(Boolean)
    .join(separator);
}

const WORK = ["OPEN", "HANDED_OVER", "ACCEPTED", "RETURNED"];

function ReferralsPage() {
  const { t } = useText();
  const { session } = useSession();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const asked = (params.get("state") ?? "").split(",").filter((name) => name in State);
  const states = params.get("state") === "ANY" ? [] : asked.length > 0 ? asked : WORK;
  const programme = (params.get("programme") ?? "").split(",").filter((name) => name in Programme);
  const region = isRegionPrefix(params.get("region") ?? "") ? (params.get("region") ?? "").slice(0, 6) : "";
  const overdue = params.get("overdue") === "1";
  const mine = params.get("mine") === "1";
  const change = (name: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const filter = {
    states: states.map((name) => State[name as keyof typeof State]),
    programmes: programme.map((name) => Programme[name as keyof typeof Programme]),
    regionPrefix: region,
    onlyOverdue: overdue,
    taker: mine ? callerOf(session.user) : "",
  };
  const list = useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: queryKeys.referrals.list(JSON.stringify(filter)),
      queryFn: ({ pageParam, signal }) => referrals.listReferrals({ filter, pageSize: 50, pageToken: pageParam }, { signal }),
      initialPageParam: "",
      getNextPageParam: (last) => last.nextPageToken || undefined,
    }),
  );
  const rows = list.data?.pages.flatMap((page) => page.referrals) ?? [];
  const columns: Column<Referral>[] = [
    {
      title: t("referrals.one"),
      width: 190,
      render: ({ referralId, ruleId }) => (
        <>
          <Link className="cell code" to={`/referrals/${encodeURIComponent(referralId)}`}>
            {referralId}
          </Link>
          <div className="quiet small">{ruleId}</div>
        </>
      ),
    },
    { title: t("findings.need"), width: 110, render: ({ need }) => word(NeedSchema, need) },
    {
      title: t("findings.state"),
      width: 120,
      render: ({ state, reason }) => (
        <>
          {word(Referral_StateSchema, state)}
          {reason !== Referral_Reason.REASON_UNSPECIFIED && <div className="quiet small">{word(Referral_ReasonSchema, reason)}</div>}
        </>
      ),
    },
    { title: t("referrals.target"), render: (referral) => targetText(referral, " · ") || <span className="quiet">—</span> },
    { title: t("referrals.taker"), width: 150, render: ({ taker }) => officerName(taker) },
    { title: t("findings.due"), width: 120, render: (referral) => <Due referral={referral} /> },
    { title: t("referrals.takenAt"), width: 150, className: "nowrap", render: ({ createTime }) => timeText(createTime) },
  ];
  const body = () => {
    if (list.isPending) return <PanelSkeleton rows={8} />;
    if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
    if (rows.length === 0) {
      return (
        <Empty title={t("referrals.empty")} hint={t("referrals.emptyHint")}>
          {params.size > 0 && <Button onClick={() => setParams(new URLSearchParams())}>{t("common.clear")}</Button>}
        </Empty>
      );
    }
    return (
      <>
        <DataTable
          caption={t("referrals.title")}
          columns={columns}
          rows={rows}
          keyOf={({ referralId }) => referralId}
          open={({ referralId }) => void navigate(`/referrals/${encodeURIComponent(referralId)}`)}
        />
        <More shown={rows.length} hasMore={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
      </>
    );
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("referrals.title")}</h1>
        <span className="lead">{t("referrals.lead")}</span>
      </div>
      <div className="filters" role="search" aria-label={t("gaps.filters")}>
        <Select
          mode="multiple"
          value={states}
          options={options(Referral_StateSchema)}
          onChange={(value: string[]) =>
            change("state", value.length === 0 ? "ANY" : value.join(",") === WORK.join(",") ? "" : value.join(","))
          }
          placeholder={t("findings.anyState")}
          aria-label={t("findings.state")}
          maxTagCount="responsive"
          allowClear
          style={{ width: 330 }}
        />
        <Select
          mode="multiple"
          value={programme}
          options={options(ProgrammeSchema)}
          onChange={(value: string[]) => change("programme", value.join(","))}
          placeholder={t("findings.programme")}
          aria-label={t("findings.programme")}
          maxTagCount="responsive"
          allowClear
          style={{ width: 190 }}
        />
        <RegionPicker value={region} onChange={(prefix) => change("region", prefix)} />
        <Checkbox checked={overdue} onChange={(event) => change("overdue", event.target.checked ? "1" : "")}>
          {t("findings.onlyOverdue")}
        </Checkbox>
        <Checkbox checked={mine} onChange={(event) => change("mine", event.target.checked ? "1" : "")}>
          {t("referrals.mine")}
        </Checkbox>
      </div>
      <div className="panel">{body()}</div>
    </div>
  );
}

export { ReferralsPage as Component };
