// Who of these records is one person? Each record goes into a group; the hub tells what would come of it before it is decided.
import { ArrowLeftOutlined } from "@ant-design/icons";
import { create } from "@bufbuild/protobuf";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Select, Tag } from "antd";
import { useMemo } from "react";
import { Link, useParams } from "react-router";
import { review } from "@/api/clients";
import { messageOf, troubleOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { Purpose_Kind } from "@/gen/relief/v1/registry_service_pb";
import {
  ClusterDecisionSchema,
  type Cluster,
  type ClusterDecision,
  type Effect,
  Decision_Operation,
  Decision_OperationSchema,
} from "@/gen/relief/v1/review_service_pb";
import { decisionOf, groupsNow, keyOf, tornLinks } from "@/lib/cluster";
import { bitsText } from "@/lib/waterfall";
import { purposeOf } from "@/lib/purpose";
import { useDraft } from "@/lib/useDraft";
import { useStateOf } from "@/lib/useStateOf";
import { recordText } from "@/lib/sources";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { refreshAfterDecision } from "@/pages/review/data";
import { EffectView } from "@/pages/review/Effects";
import { MemberCells, MemberHeads } from "@/pages/review/Members";
import { Torn } from "@/pages/review/Torn";
import { ErrorState, PageSkeleton } from "@/parts/states";
import "./review.css";

function Records({ cluster, place, move }: { cluster: Cluster; place: Map<string, number>; move: (key: string, group: number) => void }) {
  const { t, language } = useText();
  const names = cluster.groups.map((group) => (language === "zh" ? group.nicknameZh : group.nicknameEn) || group.personId);
  const used = Math.max(...place.values(), cluster.groups.length - 1);
  const choices = Array.from({ length: used + 2 }, (_, i) => ({
    value: i,
    label: names[i] ?? t("review.newPerson", { n: i - names.length + 1 }),
  }));
  return (
    <>
      {cluster.groups.map((group, i) => (
        <section key={group.personId} className="panel">
          <div className="panel-head">
            <h2>{names[i]}</h2>
            <span className="quiet code">{group.personId}</span>
            {i === 0 && <Tag color="blue">{t("person.thisOne")}</Tag>}
          </div>
          <div className="panel-body wide">
            <table className="plain-table members">
              <caption className="hidden-text">{names[i]}</caption>
              <thead>
                <tr>
                  <MemberHeads />
                  <th scope="col">{t("review.belongsTo")}</th>
                </tr>
              </thead>
              <tbody>
                {group.records.map(({ record }) => {
                  if (!record?.name) return null;
                  const key = keyOf(record.name);
                  const at = place.get(key) ?? i;
                  return (
                    <tr key={key} className={at !== i ? "moved" : undefined}>
                      <MemberCells record={record} />
                      <td>
                        <Select
                          value={at}
                          options={choices}
                          onChange={(to) => move(key, to)}
                          aria-label={`${t("review.belongsTo")} ${key}`}
                          style={{ width: "100%" }}
                        />
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </>
  );
}

const nameOf = recordText;

function Links({ cluster }: { cluster: Cluster }) {
  const { t } = useText();
  const shown = cluster.links.filter((link) => link.holds || link.conflictId || link.vetoes.length > 0).slice(0, 30);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("review.links")}</h2>
      </div>
      <div className="panel-body wide">
        <table className="plain-table">
          <caption className="hidden-text">{t("review.links")}</caption>
          <tbody>
            {shown.map((link) => (
              <tr key={`${nameOf(link.recordA)} ${nameOf(link.recordB)}`} className={link.weakest ? "weakest" : undefined}>
                <td className="number">
                  <span className={link.bits < 0 ? "bits against" : "bits for"}>{bitsText(link.bits)}</span>
                </td>
                <td>
                  <div className="code">
                    {nameOf(link.recordA)}
                    <br />
                    {nameOf(link.recordB)}
                  </div>
                  {link.weakest && <Tag color="gold">{t("person.weakest")}</Tag>}
                  {link.conflictId && (
                    <Link className="cell nowrap" to={`/review?case=${encodeURIComponent(link.conflictId)}`}>
                      {t("review.openCase")}
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ClusterPage() {
  const { t } = useText();
  const { personId = "" } = useParams();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [comment, setComment, forgetComment] = useDraft(`cluster/${personId}`, "");
  const query = useQuery({
    queryKey: queryKeys.cluster.one(personId),
    queryFn: ({ signal }) => review.getCluster({ personId, purpose: purposeOf(Purpose_Kind.REVIEW, personId) }, { signal }),
    staleTime: 300_000,
  });
  const cluster = query.data;
  const now = useMemo(() => (cluster ? groupsNow(cluster) : new Map<string, number>()), [cluster]);
  const [place, setPlace] = useStateOf(cluster, now);
  const [effect, setEffect] = useStateOf<typeof cluster, Effect | null>(cluster, null);
  const decision: ClusterDecision | null = cluster
    ? create(ClusterDecisionSchema, {
        ...decisionOf(cluster, place),
        personId: cluster.groups[0]?.personId ?? personId,
        etag: cluster.etag,
        comment: comment.trim(),
      })
    : null;
  const preview = useMutation({
    mutationFn: () => review.previewClusterDecision(decision!),
    onSuccess: setEffect,
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  const decide = useMutation({
    mutationFn: () => review.decideCluster(decision!),
    onSuccess: (made) => {
      message.success(t(made.decisionId ? "review.clusterDecided" : "review.proposed"), 6);
      forgetComment();
      refreshAfterDecision(client);
    },
    onError: (error) => {
      message.error(troubleOf(error) === "changed" ? t("review.changed") : t("review.failed", { message: messageOf(error) }), 8);
      void query.refetch();
    },
  });
  if (query.isPending) return <PageSkeleton />;
  if (!cluster || !decision) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const splits = decision.operation === Decision_Operation.SPLIT; // nobody approves of what no reason is given for
  const moved = decision.operation !== Decision_Operation.KEEP;
  const reason = t(splits ? "review.splitComment" : "review.comment");
  const move = (key: string, group: number) => {
    setPlace(new Map(place).set(key, group));
    setEffect(null);
  };
  return (
    <div className="page">
      <div className="page-head">
        <Link className="cell" to="/review">
          <ArrowLeftOutlined aria-hidden /> {t("review.queue")}
        </Link>
        <h1>{t("review.cluster")}</h1>
        <span className="lead">{t("review.clusterLead")}</span>
      </div>
      <div className="cluster-body">
        <div>
          <Records cluster={cluster} place={place} move={move} />
        </div>
        <div>
          <section className="panel">
            <div className="panel-head">
              <h2>{word(Decision_OperationSchema, decision.operation)}</h2>
            </div>
            <div className="panel-body">
              <p className="quiet hint">{t("review.previewHint")}</p>
              {effect && <EffectView effect={effect} />}
              {moved && <Torn links={tornLinks(cluster, (key) => place.get(key))} />}
              <Input.TextArea
                value={comment}
                onChange={(event) => setComment(event.target.value)}
                maxLength={500}
                rows={2}
                placeholder={reason}
                aria-label={reason}
              />
              <div className="row cluster-acts">
                <Button onClick={() => preview.mutate()} loading={preview.isPending}>
                  {t("review.preview")}
                </Button>
                <Button
                  type="primary"
                  disabled={!effect || (splits && comment.trim() === "")}
                  loading={decide.isPending}
                  onClick={() => decide.mutate()}
                >
                  {t("review.confirm")}
                </Button>
                <Button type="text" onClick={() => setPlace(groupsNow(cluster))}>
                  {t("review.reset")}
                </Button>
              </div>
            </div>
          </section>
          <Links cluster={cluster} />
        </div>
      </div>
    </div>
  );
}

export { ClusterPage as Component };
