// What the agencies on both sides say. Answers are only ever added: a later one of the same agency supersedes the earlier.
import { create } from "@bufbuild/protobuf";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, Input, InputNumber, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { findings } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { findingQuery } from "@/api/queries";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import {
  Disposition_Outcome as Outcome,
  Disposition_Reason as Reason,
  DispositionSchema,
  Finding_State,
  type Disposition,
  type Finding,
  Disposition_ReasonSchema,
  Disposition_OutcomeSchema,
} from "@/gen/relief/v1/finding_service_pb";
import { DateSchema } from "@/gen/relief/v1/types_pb";
import { dateText, timeText } from "@/lib/dates";
import { formDraft } from "@/lib/formDraft";
import { money } from "@/lib/money";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { options, word } from "@/locales/words";

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

interface Fields {
  outcome: keyof typeof Outcome;
  reason?: keyof typeof Reason;
  until?: Dayjs | null;
  recovered?: number | null;
  note?: string;
}

function toDisposition({ outcome, reason, until, recovered, note }: Fields): Disposition {
  return create(DispositionSchema, {
    outcome: Outcome[outcome],
    reason: reason ? Reason[reason] : Reason.REASON_UNSPECIFIED,
    until: until ? create(DateSchema, { year: until.year(), month: until.month() + 1, day: until.date() }) : undefined,
    recoveredFen: BigInt(Math.round((recovered ?? 0) * 100)),
    note: (note ?? "").trim(),
  });
}

const draftOf = ({ findingId }: Finding) => `answer/${findingId}`;

function AnswerForm({ finding, done }: { finding: Finding; done: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const outcome = Form.useWatch("outcome", form);
  const reason = Form.useWatch("reason", form);
  const allowed = outcome === "NOT_A_PROBLEM";
  const draft = formDraft<Fields>(draftOf(finding));
  const leave = () => {
    draft.forget();
    done();
  };
  const begun = draft.values();
  const add = useMutation({
    mutationFn: (fields: Fields) => findings.addDisposition({ findingId: finding.findingId, disposition: toDisposition(fields) }),
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
      <Form.Item name="outcome" label={t("findings.outcome")} rules={[{ required: true, message: t("findings.outcomeMissing") }]}>
        <Select options={options(Disposition_OutcomeSchema)} autoFocus />
      </Form.Item>
      <Form.Item name="reason" label={t("findings.reason")} rules={[{ required: allowed, message: t("findings.reasonNeeded") }]}>
        <Select options={options(Disposition_ReasonSchema)} allowClear />
      </Form.Item>
      {allowed && (
        <Form.Item name="until" label={t("findings.until")} extra={t("findings.untilHint")}>
          <DatePicker style={{ width: "100%" }} />
        </Form.Item>
      )}
      {reason === "RECOVERED" && (
        <Form.Item name="recovered" label={t("findings.recoveredYuan")}>
          <InputNumber min={0} max={100000000} precision={2} prefix="¥" style={{ width: "100%" }} />
        </Form.Item>
      )}
      <Form.Item
        name="note"
        label={t("findings.note")}
        rules={[{ required: allowed || reason === "OTHER", whitespace: true, message: t("findings.noteNeeded") }]}
      >
        <Input.TextArea rows={3} maxLength={500} showCount />
      </Form.Item>
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
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("findings.dispositions")}</h2>
        {may("dispose") && open && !adding && (
          <Button className="end" size="small" onClick={() => setAdding(true)}>
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
