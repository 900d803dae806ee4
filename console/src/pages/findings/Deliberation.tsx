// 一事一议: a finding that one agency confirms and another does not is settled case by case.
import { create } from "@bufbuild/protobuf";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Radio, Select } from "antd";
import { useState } from "react";
import { findings } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { findingQuery } from "@/api/queries";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import {
  Deliberation_Outcome as Outcome,
  DeliberationSchema,
  type Finding,
  Deliberation_OutcomeSchema,
} from "@/gen/relief/v1/finding_service_pb";
import { ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { timeText } from "@/lib/dates";
import { formDraft } from "@/lib/formDraft";
import { officerName } from "@/lib/officers";
import { useText } from "@/locales";
import { word, options } from "@/locales/words";

interface Fields {
  outcome: keyof typeof Outcome;
  participants: string[];
  reason: string;
}

const draftOf = ({ findingId }: Finding) => `deliberation/${findingId}`;

function DeliberationForm({ finding, done }: { finding: Finding; done: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { message } = App.useApp();
  const decide = useMutation({
    mutationFn: ({ outcome, participants, reason }: Fields) =>
      findings.deliberate({
        findingId: finding.findingId,
        deliberation: create(DeliberationSchema, { outcome: Outcome[outcome], participants, reason: reason.trim() }),
      }),
    onSuccess: (changed) => {
      client.setQueryData(findingQuery(finding.findingId).queryKey, changed);
      void client.invalidateQueries({ queryKey: queryKeys.findings.all });
      message.success(t("findings.deliberated"));
      leave();
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  const draft = formDraft<Fields>(draftOf(finding));
  const leave = () => {
    draft.forget();
    done();
  };
  const agencies = [...new Set(finding.dispositions.map(({ agency }) => agency).filter(Boolean))];
  return (
    <Form<Fields>
      layout="vertical"
      requiredMark={false}
      initialValues={{ participants: agencies, ...draft.values() }}
      onValuesChange={draft.keep}
      onFinish={(fields) => decide.mutate(fields)}
    >
      <Form.Item
        name="outcome"
        label={t("findings.deliberationOutcome")}
        rules={[{ required: true, message: t("findings.outcomeMissing") }]}
      >
        <Radio.Group options={options(Deliberation_OutcomeSchema)} />
      </Form.Item>
      <Form.Item
        name="participants"
        label={t("findings.participants")}
        rules={[
          {
            validator: (_, value: string[]) =>
              value?.length >= 2 ? Promise.resolve() : Promise.reject(new Error(t("findings.participantsNeeded"))),
          },
        ]}
      >
        <Select mode="tags" options={options(ProgrammeSchema).map(({ label }) => ({ value: label, label }))} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t("findings.note")}
        rules={[{ required: true, whitespace: true, message: t("operations.reasonMissing") }]}
      >
        <Input.TextArea rows={3} maxLength={500} showCount />
      </Form.Item>
      <div className="row">
        <Button type="primary" htmlType="submit" loading={decide.isPending}>
          {t("findings.submit")}
        </Button>
        <Button onClick={leave} disabled={decide.isPending}>
          {t("common.cancel")}
        </Button>
      </div>
    </Form>
  );
}

export function DeliberationPanel({ finding }: { finding: Finding }) {
  const { t } = useText();
  const { may } = useSession();
  const [deciding, setDeciding] = useState(() => finding.disputed && may("deliberate") && formDraft(draftOf(finding)).begun);
  const held = finding.deliberation;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("findings.deliberation")}</h2>
        {finding.disputed && may("deliberate") && !deciding && (
          <Button className="end" size="small" onClick={() => setDeciding(true)}>
            {t("findings.deliberate")}
          </Button>
        )}
      </div>
      <div className="panel-body">
        {deciding && <DeliberationForm finding={finding} done={() => setDeciding(false)} />}
        {held ? (
          <>
            <div className="answer-head">
              <b>{word(Deliberation_OutcomeSchema, held.outcome)}</b>
              <span className="end quiet small">{timeText(held.time)}</span>
            </div>
            <div className="quiet small">
              {officerName(held.decidedBy)} · {held.participants.map(officerName).join(t("common.listSeparator"))}
            </div>
            <p>{held.reason}</p>
          </>
        ) : (
          !deciding && <p className="quiet hint">{t("findings.disputedHint")}</p>
        )}
      </div>
    </section>
  );
}
