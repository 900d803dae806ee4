// The work list: what the rules found, narrowed by the filter in the address.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select, Tag } from "antd";
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
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
import { dateText, monthRanges, timeText } from "@/lib/dates";
import { filterKey, isEmpty } from "@/lib/filter";
import { count, money } from "@/lib/money";
import { regionName, shortRegionName } from "@/lib/regions";
import { useStateOf } from "@/lib/useStateOf";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { BulkAnswer } from "@/pages/findings/BulkAnswer";
import { lastSeen, listQuery, pathOf, readOrder, type FromList, type Order } from "@/pages/findings/data";
import { ExportButton, JumpBox } from "@/pages/findings/ListTools";
import { DueMark, findingTitle } from "@/parts/findings";
import { DataTable, type Column } from "@/parts/DataTable";
import { FilterBar, useFilter } from "@/parts/FilterBar";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import { KindTag, programmeName, SeverityMark } from "@/parts/tags";
import { useSession } from "@/session/session";
import "./findings.css";

const NONE: ReadonlySet<string> = new Set();

function useColumns(order: Order, sort: (order: Order) => void, from: (finding: Finding) => FromList): Column<Finding>[] {
  const { t } = useText();
  const by = (name: Order, direction: "ascending" | "descending") => ({ on: order === name, direction, by: () => sort(name) });
  return [
    {
      title: t("findings.what"),
      render: (finding) => (
        <>
          <Link className="cell" to={pathOf(finding.findingId)} state={from(finding)}>
            {findingTitle(finding)}
          </Link>
          <div className="quiet small">
            {finding.ruleId} · {monthRanges(finding.overlapMonths) || dateText(finding.dueDate)}
          </div>
        </>
      ),
    },
    {
      title: t("findings.person"),
      width: 210,
      className: "roomy",
      render: ({ personId }) => <span className="code">{personId}</span>,
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
      sort: by("amount", "descending"),
      render: (finding) => (
        <>
          {money(finding.amountFen)}
          {finding.amountIsEstimate && <div className="quiet small">{t("findings.estimate")}</div>}
        </>
      ),
    },
    {
      title: t("findings.opened"),
      width: 150,
      className: "roomy",
      sort: by("opened", "descending"),
      render: ({ openTime }) => timeText(openTime),
    },
    {
      title: t("findings.state"),
      width: 120,
      sort: by("due", "ascending"),
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
  const { search } = useLocation();
  const { may } = useSession();
  const { filter, change, clear, params, setParams } = useFilter();
  const order = readOrder(params);
  const list = useInfiniteQuery(listQuery(filter, order));
  const total = list.data?.pages[0]?.totalSize;
  const rows = list.data?.pages.flatMap((page) => page.findings) ?? [];
  const [chosen, choose] = useStateOf(filterKey(filter), NONE);
  const [answering, setAnswering] = useState(false);
  const chosenRows = rows.filter(({ findingId }) => chosen.has(findingId));
  const chosenFen = chosenRows.reduce((sum, { amountFen }) => sum + amountFen, 0n);
  const from = ({ findingId }: Finding): FromList => ({ list: search, at: rows.findIndex((row) => row.findingId === findingId) });
  const sort = (choice: Order) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.set("order", choice);
      return next;
    });
  const columns = useColumns(order, sort, from);
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
          open={(finding) => void navigate(pathOf(finding.findingId), { state: from(finding) })}
          begin={lastSeen()}
          resting={answering}
          selection={
            may("dispose")
              ? {
                  chosen,
                  choose,
                  allLabel: t("findings.chooseAll"),
                  label: (finding) => t("findings.chooseOne", { what: `${findingTitle(finding)} ${finding.findingId}` }),
                }
              : undefined
          }
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
        <JumpBox toPerson={(person) => change({ person })} />
        <Select
          value={order}
          aria-label={t("findings.order")}
          popupMatchSelectWidth={false}
          onChange={sort}
          options={[
            { value: "due", label: word(FindingOrderSchema, FindingOrder.DUE_DATE_ASCENDING) },
            { value: "amount", label: word(FindingOrderSchema, FindingOrder.AMOUNT_DESCENDING) },
            { value: "opened", label: word(FindingOrderSchema, FindingOrder.OPEN_TIME_DESCENDING) },
          ]}
        />
        {may("takeOut") && <ExportButton filter={filter} order={order} disabled={rows.length === 0} />}
      </div>
      <FilterBar />
      {chosenRows.length > 0 && (
        <div className="chosen-bar panel" role="region" aria-label={t("findings.chosen", { n: chosenRows.length })}>
          <b>{t("findings.chosen", { n: count(chosenRows.length) })}</b>
          {chosenFen > 0n && <span className="quiet">{money(chosenFen)}</span>}
          <Button type="primary" size="small" onClick={() => setAnswering(true)}>
            {t("findings.add")}
          </Button>
          <Button size="small" onClick={() => choose(NONE)}>
            {t("findings.chooseNone")}
          </Button>
        </div>
      )}
      <div className="panel">{body()}</div>
      {rows.length > 0 && (
        <p className="quiet small list-keys no-print">{t(may("dispose") ? "findings.keysToAnswer" : "common.listKeys")}</p>
      )}
      {answering && <BulkAnswer chosen={chosenRows} close={() => setAnswering(false)} answered={choose} />}
    </div>
  );
}

export { FindingsPage as Component };
