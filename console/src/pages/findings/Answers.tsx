// What the agencies on both sides say. Answers are only ever added: a later one of the same agency supersedes the earlier.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { findings } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { findingQuery } from "@/api/queries";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import {
  Disposition_Reason as Reason,
  Finding_State,
  type Disposition,
  type Finding,
  Disposition_ReasonSchema,
  Disposition_OutcomeSchema,
} from "@/gen/relief/v1/finding_service_pb";
import { dateText, timeText } from "@/lib/dates";
import { formDraft } from "@/lib/formDraft";
import { money } from "@/lib/money";
import { KEY_CAPS } from "@/lib/keys";
import { officerName } from "@/lib/officers";
import { useKeys } from "@/lib/useKeys";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { AnswerFields, toDisposition, type AnswerValues } from "@/pages/findings/AnswerFields";

function Answer({ answer, superseded }: { answer: Disposition; superseded: boolean }) {
  const { t } = useText();
  return (
    <li className={superseded ? "answer old" : "answer"}>
      <div className="answer-head">
        <b>{word(Disposition_OutcomeSchema, answer.outcome)}</b>
        {answer.reason !== Reason.REASON_UNSPECIFIED && <span>{word(Disposition_ReasonSchema, answer.reason)}</span>}
        {superseded && <span className="small">{t("findings.superseded")}</span>}
        <span className="end quiet small">{timeText(answer.time)}</span>
      </div>
      <div className="quiet small">
        {officerName(answer.agency)}
        {answer.until?.year ? ` · ${t("findings.untilDay", { day: dateText(answer.until) })}` : ""}
        {answer.recoveredFen > 0n ? ` · ${t("findings.recovered")} ${money(answer.recoveredFen)}` : ""}
      </div>
      {answer.note && <p>{answer.note}</p>}
    </li>
  );
}

const draftOf = ({ findingId }: Finding) => `answer/${findingId}`;

function AnswerForm({ finding, done }: { finding: Finding; done: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<AnswerValues>();
  const draft = formDraft<AnswerValues>(draftOf(finding));
  const leave = () => {
    draft.forget();
    done();
  };
  const begun = draft.values();
  const add = useMutation({
    mutationFn: (fields: AnswerValues) => findings.addDisposition({ findingId: finding.findingId, disposition: toDisposition(fields) }),
    onSuccess: (changed) => {
      client.setQueryData(findingQuery(finding.findingId).queryKey, changed);
      void client.invalidateQueries({ queryKey: queryKeys.findings.all });
      void client.invalidateQueries({ queryKey: queryKeys.gaps.all });
      message.success(t("findings.added"));
      leave();
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ ...begun, until: begun.until ? dayjs(begun.until) : undefined }}
      onValuesChange={draft.keep}
      onFinish={(fields) => add.mutate(fields)}
      className="answer-form"
    >
      <AnswerFields form={form} />
      <div className="row">
        <Button type="primary" htmlType="submit" loading={add.isPending}>
          {t("findings.submit")}
        </Button>
        <Button onClick={leave} disabled={add.isPending}>
          {t("common.cancel")}
        </Button>
      </div>
    </Form>
  );
}

export function Answers({ finding }: { finding: Finding }) {
  const { t } = useText();
  const { may } = useSession();
  const [adding, setAdding] = useState(() => may("dispose") && formDraft(draftOf(finding)).begun);
  const answers = [...finding.dispositions].reverse();
  const newest = new Set<string>();
  const superseded = answers.map(({ agency }) => newest.has(agency) || !newest.add(agency));
  const open = finding.state !== Finding_State.CLOSED;
  useKeys({ comment: () => setAdding(true) }, may("dispose") && open && !adding);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("findings.dispositions")}</h2>
        {may("dispose") && open && !adding && (
          <Button className="end" size="small" aria-keyshortcuts={KEY_CAPS.comment} onClick={() => setAdding(true)}>
            <kbd>{KEY_CAPS.comment}</kbd>
            {t("findings.add")}
          </Button>
        )}
      </div>
      <div className="panel-body">
        {adding && <AnswerForm finding={finding} done={() => setAdding(false)} />}
        {answers.length === 0 && !adding && <p className="quiet hint">{t("findings.noDispositions")}</p>}
        {answers.length > 0 && (
          <ul className="answers">
            {answers.map((answer, i) => (
              <Answer key={answers.length - i} answer={answer} superseded={superseded[i]} />
            ))}
          </ul>
        )}
        {!may("dispose") && <p className="quiet hint">{t("findings.cannotAdd")}</p>}
      </div>
    </section>
  );
}
