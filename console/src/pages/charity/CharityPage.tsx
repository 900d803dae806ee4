// Charities' projects: whom they help, where, and on what conditions. What programmes leave uncovered is the charities' own to look
// up, with their certificate: nobody here sees their lists.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useSearchParams } from "react-router";
import { charities } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import type { CharityProject } from "@/gen/relief/v1/charity_service_pb";
import { Need, NeedSchema } from "@/gen/relief/v1/types_pb";
import { dateText } from "@/lib/dates";
import { money } from "@/lib/money";
import { placeName } from "@/lib/regions";
import { useText } from "@/locales";
import { word, options } from "@/locales/words";
import { FactsList, type Fact } from "@/parts/FactsList";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import { programmeName } from "@/parts/tags";
import "./charity.css";

function useConditions() {
  const { t } = useText();
  const list = t("common.listSeparator");
  return ({ conditions }: CharityProject): string[] => {
    if (!conditions) return [];
    const { ageFrom, ageTo, held, notHeld, maxAmountFen } = conditions;
    return [
      ageTo > 0 ? t("charity.ages", { from: ageFrom, to: ageTo }) : ageFrom > 0 ? t("charity.agesFrom", { from: ageFrom }) : "",
      held.length > 0 ? t("charity.held", { list: held.map(programmeName).join(list) }) : "",
      notHeld.length > 0 ? t("charity.notHeld", { list: notHeld.map(programmeName).join(list) }) : "",
      maxAmountFen > 0n ? t("charity.most", { amount: money(maxAmountFen) }) : "",
    ].filter(Boolean);
  };
}

function Project({ project }: { project: CharityProject }) {
  const { t } = useText();
  const conditions = useConditions()(project);
  const until = project.validTo?.year ? t("charity.validTo", { day: dateText(project.validTo) }) : t("charity.always");
  const rows: Fact[] = [
    [t("findings.need"), project.needs.map((need) => word(NeedSchema, need)).join(t("common.listSeparator"))],
    [t("charity.wherever"), project.regionPrefix ? placeName(project.regionPrefix) || project.regionPrefix : t("gaps.country")],
    [t("charity.conditions"), conditions.length > 0 ? conditions.map((one) => <div key={one}>{one}</div>) : t("charity.anybody")],
    [t("charity.valid"), [dateText(project.validFrom), until].filter(Boolean).join(" · ")],
    [t("charity.registration"), <span className="code">{project.registrationNumber}</span>],
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{project.title}</h2>
        <span className="end quiet">{project.organisation}</span>
      </div>
      <div className="panel-body">
        <FactsList facts={rows} />
        <p className="quiet hint own-lists">{t("charity.ownLists")}</p>
      </div>
    </section>
  );
}

function CharityPage() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const need = (params.get("need") ?? "") in Need ? (params.get("need") as keyof typeof Need) : undefined;
  const query = useQuery({
    queryKey: queryKeys.charityProjects(need ?? ""),
    queryFn: ({ signal }) => charities.listProjects({ need: need ? Need[need] : Need.UNSPECIFIED, pageSize: 500 }, { signal }),
  });
  const projects = query.data?.projects ?? [];
  const chosen = projects.find(({ projectId }) => projectId === params.get("project")) ?? projects[0];
  const choose = (name: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("charity.title")}</h1>
        <span className="lead">{t("charity.lead")}</span>
        <Select
          value={need}
          onChange={(value) => choose("need", value ?? "")}
          options={options(NeedSchema)}
          placeholder={t("findings.need")}
          aria-label={t("findings.need")}
          allowClear
          style={{ width: 150 }}
        />
      </div>
      {query.isPending ? (
        <div className="panel">
          <PanelSkeleton rows={8} />
        </div>
      ) : !query.data ? (
        <div className="panel">
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        </div>
      ) : !chosen ? (
        <div className="panel">
          <Empty title={t("charity.noProjects")} hint={t("charity.noProjectsHint")} />
        </div>
      ) : (
        <div className="charity-body">
          <nav className="panel project-list" aria-label={t("charity.projects")}>
            {projects.map((project) => (
              <button
                key={project.projectId}
                type="button"
                aria-current={project === chosen || undefined}
                className={project === chosen ? "queue-item here" : "queue-item"}
                onClick={() => choose("project", project.projectId)}
              >
                <span className="queue-kind">{project.title}</span>
                <span className="queue-records">{project.organisation}</span>
                <span className="queue-records">{project.needs.map((one) => word(NeedSchema, one)).join(t("common.listSeparator"))}</span>
              </button>
            ))}
          </nav>
          <Project key={chosen.projectId} project={chosen} />
        </div>
      )}
    </div>
  );
}

export { CharityPage as Component };
