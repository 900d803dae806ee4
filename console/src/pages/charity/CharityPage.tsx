// Charities' projects, and what programmes leave uncovered: by token, and with no more than a charity may see of a person.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Empty as Nothing, InputNumber, Modal, Radio, Select, Tag } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { charities } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { useSession } from "@/app/session";
import { MatchedNeed_AgeBand as AgeBand, MatchedNeed_AmountBand as AmountBand, type CharityProject, type MatchedNeed } from "@/gen/relief/v1/charity_service_pb";
import { CharityAnswer_Answer as Answer } from "@/gen/relief/v1/referral_service_pb";
import { Need } from "@/gen/relief/v1/types_pb";
import { dateText } from "@/lib/dates";
import { money } from "@/lib/money";
import { regionName } from "@/lib/regions";
import { named, useText } from "@/locales";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import { options, programmeName } from "@/parts/tags";
import "@/pages/findings/findings.css";
import "./charity.css";

function Conditions({ project }: { project: CharityProject }) {
  const { t } = useText();
  const list = t("common.listSeparator");
  const { conditions } = project;
  const parts = [
    conditions && (conditions.ageFrom > 0 || conditions.ageTo > 0)
      ? conditions.ageTo > 0 ? t("charity.ages", { from: conditions.ageFrom, to: conditions.ageTo }) : t("charity.agesFrom", { from: conditions.ageFrom })
      : "",
    conditions && conditions.held.length > 0 ? t("charity.held", { list: conditions.held.map(programmeName).join(list) }) : "",
    conditions && conditions.notHeld.length > 0 ? t("charity.notHeld", { list: conditions.notHeld.map(programmeName).join(list) }) : "",
    conditions && conditions.maxAmountFen > 0n ? t("charity.most", { amount: money(conditions.maxAmountFen) }) : "",
    project.validTo?.year ? t("charity.validTo", { day: dateText(project.validTo) }) : "",
  ];
  return <p className="quiet small">{parts.filter(Boolean).join(list)}</p>;
}

interface AnswerDialogProps {
  project: CharityProject;
  need: MatchedNeed;
  close: () => void;
}

function AnswerDialog({ project, need, close }: AnswerDialogProps) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [answer, setAnswer] = useState<keyof typeof Answer>("OFFERED");
  const [yuan, setYuan] = useState<number | null>(null);
  const most = project.conditions?.maxAmountFen ?? 0n;
  const send = useMutation({
    mutationFn: () =>
      charities.answerNeed({
        projectId: project.projectId,
        token: need.token,
        need: need.need,
        answer: Answer[answer],
        amountFen: answer === "GIVEN" ? BigInt(Math.round((yuan ?? 0) * 100)) : 0n,
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["charity"] });
      message.success(t("charity.answered"));
      close();
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  return (
    <Modal
      open
      title={t("charity.answer")}
      okText={t("findings.submit")}
      cancelText={t("common.cancel")}
      confirmLoading={send.isPending}
      okButtonProps={{ disabled: answer === "GIVEN" && !yuan }}
      onOk={() => send.mutate()}
      onCancel={close}
    >
      <p>{named("need", Need[need.need])} · {regionName(need.county)} · {named("ageBand", AgeBand[need.ageBand])}</p>
      <Radio.Group value={answer} onChange={(event) => setAnswer(event.target.value as keyof typeof Answer)} options={options("charityAnswer", Answer)} aria-label={t("charity.answer")} />
      {answer === "GIVEN" && (
        <InputNumber
          className="given"
          value={yuan}
          onChange={setYuan}
          min={0.01}
          max={most > 0n ? Number(most) / 100 : undefined}
          precision={2}
          prefix="¥"
          aria-label={t("findings.amount")}
          placeholder={t("findings.amount")}
        />
      )}
    </Modal>
  );
}

function Needs({ project }: { project: CharityProject }) {
  const { t } = useText();
  const { may } = useSession();
  const [answering, setAnswering] = useState<MatchedNeed | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["charity", "needs", project.projectId],
    queryFn: ({ pageParam, signal }) => charities.matchNeeds({ projectId: project.projectId, pageSize: 50, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = list.data?.pages.flatMap((page) => page.needs) ?? [];
  return (
    <section className="panel">
      <div className="panel-head"><h2>{project.title}</h2><span className="end quiet">{project.organisation}</span></div>
      <div className="panel-body">
        <Conditions project={project} />
        <p className="quiet hint">{t("charity.maskedHint")}</p>
        {list.isPending ? (
          <PanelSkeleton />
        ) : !list.data ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Nothing image={Nothing.PRESENTED_IMAGE_SIMPLE} description={t("charity.noNeeds")} />
        ) : (
          <>
            <table className="plain-table">
              <caption className="hidden-text">{t("charity.needs")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("charity.token")}</th>
                  <th scope="col">{t("findings.need")}</th>
                  <th scope="col">{t("referrals.county")}</th>
                  <th scope="col">{t("charity.age")}</th>
                  <th scope="col">{t("charity.amount")}</th>
                  <th scope="col">{t("charity.answer")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((need) => (
                  <tr key={`${need.token} ${need.need}`}>
                    <td className="code" title={need.token}>{need.token.slice(0, 14)}…</td>
                    <td>{named("need", Need[need.need])}</td>
                    <td>{regionName(need.county)}</td>
                    <td>{named("ageBand", AgeBand[need.ageBand])}</td>
                    <td>{named("amountBand", AmountBand[need.amountBand])}</td>
                    <td>
                      {need.answer ? <Tag>{named("charityAnswer", Answer[need.answer])}</Tag> : null}
                      {may("answerNeeds") && <Button size="small" onClick={() => setAnswering(need)}>{t("charity.answer")}</Button>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <More shown={rows.length} hasMore={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
          </>
        )}
      </div>
      {answering && <AnswerDialog project={project} need={answering} close={() => setAnswering(null)} />}
    </section>
  );
}

export function Component() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const need = (params.get("need") ?? "") in Need ? (params.get("need") as keyof typeof Need) : undefined;
  const query = useQuery({
    queryKey: ["charity", "projects", need ?? ""],
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
          options={options("need", Need)}
          placeholder={t("findings.need")}
          aria-label={t("findings.need")}
          allowClear
          style={{ width: 150 }}
        />
      </div>
      {query.isPending ? (
        <div className="panel"><PanelSkeleton rows={8} /></div>
      ) : !query.data ? (
        <div className="panel"><ErrorState error={query.error} retry={() => void query.refetch()} /></div>
      ) : !chosen ? (
        <div className="panel"><Empty title={t("charity.noProjects")} hint={t("charity.noProjectsHint")} /></div>
      ) : (
        <div className="charity-body">
          <nav className="panel project-list" aria-label={t("charity.projects")}>
            {projects.map((project) => (
              <button key={project.projectId} type="button" aria-current={project === chosen || undefined} className={project === chosen ? "queue-item here" : "queue-item"} onClick={() => choose("project", project.projectId)}>
                <span className="queue-kind">{project.title}</span>
                <span className="queue-records">{project.organisation}</span>
                <span className="queue-records">{project.needs.map((one) => named("need", Need[one])).join(t("common.listSeparator"))}</span>
              </button>
            ))}
          </nav>
          <Needs key={chosen.projectId} project={chosen} />
        </div>
      )}
    </div>
  );
}
