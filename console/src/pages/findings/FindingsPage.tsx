// The work list: what the rules found, narrowed by the filter in the address.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select, Tag } from "antd";
import { Link, useNavigate } from "react-router";
import { findings as service } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import {
  Finding_State,
  FindingOrder,
  type Finding,
  Disposition_OutcomeSchema,
  Finding_StateSchema,
  FindingEvent_Kind,
  FindingEvent_KindSchema,
  FindingOrderSchema,
} from "@/gen/relief/v1/finding_service_pb";
import { dateText, monthRanges } from "@/lib/dates";
import { filterKey, isEmpty, toMessage, type Filter } from "@/lib/filter";
import { count, money } from "@/lib/money";
import { regionName, shortRegionName } from "@/lib/regions";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { DueMark, findingTitle } from "@/parts/findings";
import { DataTable, type Column } from "@/parts/DataTable";
import { FilterBar, useFilter } from "@/parts/FilterBar";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import { KindTag, programmeName, SeverityMark } from "@/parts/tags";
import "./findings.css";

const ORDERS = { due: FindingOrder.DUE_DATE_ASCENDING, amount: FindingOrder.AMOUNT_DESCENDING, opened: FindingOrder.OPEN_TIME_DESCENDING };
type Order = keyof typeof ORDERS;

function listQuery(filter: Filter, order: Order) {
  return infiniteQueryOptions({
    queryKey: queryKeys.findings.list(order, filterKey(filter)),
    queryFn: ({ pageParam, signal }) =>
      service.listFindings({ filter: toMessage(filter), orderBy: ORDERS[order], pageSize: 50, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

function useColumns(): Column<Finding>[] {
  const { t } = useText();
  return [
    {
      title: t("findings.what"),
      render: (finding) => (
        <>
          <Link className="cell" to={`/findings/${encodeURIComponent(finding.findingId)}`}>
            {findingTitle(finding)}
          </Link>
          <div className="quiet small">
            {finding.ruleId} · {monthRanges(finding.overlapMonths) || dateText(finding.dueDate)}
          </div>
        </>
      ),
    },
    { title: t("findings.kind"), width: 96, render: ({ kind }) => <KindTag kind={kind} /> },
    { title: t("findings.severity"), width: 76, render: ({ severity }) => <SeverityMark severity={severity} /> },
    {
      title: t("findings.notify"),
      width: 170,
      render: ({ notify }) => notify.map(programmeName).join(t("common.listSeparator")) || <span className="quiet">—</span>,
    },
    {
      title: t("findings.region"),
      width: 120,
      render: ({ regions }) => (
        <span title={regions.map(regionName).join("\n")}>{regions.map(shortRegionName).join(t("common.listSeparator"))}</span>
      ),
    },
    {
      title: t("findings.amount"),
      width: 120,
      className: "number",
      render: (finding) => (
        <>
          {money(finding.amountFen)}
          {finding.amountIsEstimate && <div className="quiet small">{t("findings.estimate")}</div>}
        </>
      ),
    },
    {
      title: t("findings.state"),
      width: 120,
      render: (finding) => (
        <>
          {finding.state === Finding_State.OPEN ? <DueMark finding={finding} /> : word(Finding_StateSchema, finding.state)}
          {finding.disputed && <Tag color="purple">{word(FindingEvent_KindSchema, FindingEvent_Kind.DISPUTED)}</Tag>}
        </>
      ),
    },
    {
      title: t("findings.dispositions"),
      width: 120,
      render: ({ dispositions }) => {
        const last = dispositions.at(-1);
        return last ? word(Disposition_OutcomeSchema, last.outcome) : <span className="quiet">{t("findings.waiting")}</span>;
      },
    },
  ];
}

function FindingsPage() {
  const { t } = useText();
  const navigate = useNavigate();
  const { filter, clear, params, setParams } = useFilter();
  const asked = params.get("order") ?? "";
  const order: Order = asked in ORDERS ? (asked as Order) : "due";
  const list = useInfiniteQuery(listQuery(filter, order));
  const total = list.data?.pages[0]?.totalSize;
  const columns = useColumns();
  const rows = list.data?.pages.flatMap((page) => page.findings) ?? [];
  const body = () => {
    if (list.isPending) return <PanelSkeleton rows={10} />;
    if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
    if (rows.length === 0) {
      return (
        <Empty title={t("findings.empty")} hint={t("findings.emptyHint")}>
          {!isEmpty(filter) && <Button onClick={clear}>{t("common.clear")}</Button>}
        </Empty>
      );
    }
    return (
      <>
        <DataTable
          caption={t("findings.title")}
          columns={columns}
          rows={rows}
          keyOf={({ findingId }) => findingId}
          open={({ findingId }) => void navigate(`/findings/${encodeURIComponent(findingId)}`)}
        />
        <More shown={rows.length} hasMore={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
      </>
    );
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("findings.title")}</h1>
        <span className="lead">{t("findings.lead")}</span>
        {total !== undefined && total > 0n && (
          <span className="quiet" role="status">
            {t("findings.found", { n: count(total) })}
          </span>
        )}
        <Select
          value={order}
          aria-label={t("findings.order")}
          popupMatchSelectWidth={false}
          onChange={(choice) =>
            setParams((before) => {
              const next = new URLSearchParams(before);
              next.set("order", choice);
              return next;
            })
          }
          options={[
            { value: "due", label: word(FindingOrderSchema, FindingOrder.DUE_DATE_ASCENDING) },
            { value: "amount", label: word(FindingOrderSchema, FindingOrder.AMOUNT_DESCENDING) },
            { value: "opened", label: word(FindingOrderSchema, FindingOrder.OPEN_TIME_DESCENDING) },
          ]}
        />
      </div>
      <FilterBar />
      <div className="panel">{body()}</div>
    </div>
  );
}

export { FindingsPage as Component };
