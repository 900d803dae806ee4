// One pair after the other, judged blind: without the machine's score and without a colleague's answer. 1, 2, 3, and Enter.
import { ArrowLeftOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { Link, useParams } from "react-router";
import { review } from "@/api/clients";
import { messageOf, troubleOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { Decision_Verdict, type QualityItem } from "@/gen/relief/v1/review_service_pb";
import { useStateOf } from "@/lib/useStateOf";
import { useText } from "@/locales";
import { CompareTable } from "@/pages/review/CompareTable";
import { Verdicts } from "@/pages/review/DecisionBar";
import { useKeys } from "@/lib/useKeys";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import "./review.css";

const NOTHING = Decision_Verdict.VERDICT_UNSPECIFIED;

function JudgePage() {
  const { t } = useText();
  const { sampleId = "" } = useParams();
  const { message } = App.useApp();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: queryKeys.quality.next(sampleId),
    queryFn: ({ signal }) => review.nextQualityItem({ sampleId }, { signal }),
    staleTime: Infinity,
  });
  const item = query.data;
  const [verdict, setVerdict] = useStateOf(item?.number, NOTHING);
  const none = troubleOf(query.error) === "notFound" && query.isError;
  const judge = useMutation({
    mutationFn: (shown: QualityItem) => review.judgeQualityItem({ sampleId, number: shown.number, verdict }),
    onSuccess: () => client.resetQueries({ queryKey: queryKeys.quality.next(sampleId) }),
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
    onSettled: () => {
      for (const queryKey of [queryKeys.quality.samples, queryKeys.quality.report]) void client.invalidateQueries({ queryKey });
    },
  });
  const ready = item !== undefined && !none && !judge.isPending;
  const pick = (choice: Decision_Verdict) => ready && setVerdict(choice);
  const confirm = () => (ready && verdict !== NOTHING ? judge.mutate(item) : void message.info(t("review.chooseFirst")));
  useKeys(
    {
      same: () => pick(Decision_Verdict.SAME),
      different: () => pick(Decision_Verdict.DIFFERENT),
      unsure: () => pick(Decision_Verdict.UNSURE),
      confirm,
    },
    true,
  );
  const body = () => {
    if (none) {
      return (
        <div className="panel">
          <Empty title={t("review.judgedAll")} hint={t("review.judgedAllHint")}>
            <Link className="cell" to="/review/quality">
              {t("review.quality")}
            </Link>
          </Empty>
        </div>
      );
    }
    if (query.isError)
      return (
        <div className="panel">
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        </div>
      );
    if (!item)
      return (
        <div className="panel">
          <PanelSkeleton rows={8} />
        </div>
      );
    return (
      <>
        <section className="panel above">
          <div className="panel-body">
            <CompareTable a={item.recordA} b={item.recordB} fields={item.fields} evidence={[]} />
          </div>
        </section>
        <section className="decision-bar panel" aria-label={t("review.verdict")}>
          <Verdicts verdict={verdict} choose={setVerdict} disabled={!ready} />
          <Button type="primary" loading={judge.isPending} disabled={verdict === NOTHING} aria-keyshortcuts="Enter" onClick={confirm}>
            <kbd>Enter</kbd>
            {t("review.confirm")}
          </Button>
          <span className="quiet">{t("review.judgeFinal")}</span>
        </section>
      </>
    );
  };
  return (
    <div className="page">
      <div className="page-head">
        <Link className="cell" to="/review/quality">
          <ArrowLeftOutlined aria-hidden /> {t("review.quality")}
        </Link>
        <h1>{t("review.judge")}</h1>
        <span className="lead" role="status">
          {item && !none && t("review.judgeLeft", { n: item.left })}
        </span>
      </div>
      {body()}
    </div>
  );
}

export { JudgePage as Component };
