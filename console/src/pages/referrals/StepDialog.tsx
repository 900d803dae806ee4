// One step of a referral: only the fields that it takes. It carries the etag that was read: whoever was slower is told so.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Form, Input, Modal, Radio, Select } from "antd";
import { referrals } from "@/api/clients";
import { messageOf, troubleOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import {
  Consent_Decision as Decision,
  Consent_Giver as Giver,
  Referral_Reason as Reason,
  Referral_State as State,
  type Referral,
  Referral_ReasonSchema,
  Consent_GiverSchema,
  Consent_DecisionSchema,
} from "@/gen/relief/v1/referral_service_pb";
import { Programme, ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { formDraft } from "@/lib/formDraft";
import type { Step } from "@/lib/referral";
import { useText } from "@/locales";
import { options } from "@/locales/words";
import { RegionField } from "@/parts/RegionPicker";

interface Fields {
  programme?: keyof typeof Programme;
  region?: string;
  reason?: keyof typeof Reason;
  note?: string;
  onward?: boolean;
  decision?: keyof typeof Decision;
  giver?: keyof typeof Giver;
  form?: string;
}

function take(step: Step, { referralId, etag }: Referral, fields: Fields): Promise<Referral> {
  const note = (fields.note ?? "").trim();
  const named = { referralId, etag, note };
  const target = { programme: Programme[fields.programme ?? "PROGRAMME_UNSPECIFIED"], region: fields.region ?? "" };
  const reason = Reason[fields.reason ?? "REASON_UNSPECIFIED"];
  switch (step) {
    case "handOver":
      return referrals.handOver({ ...named, target });
    case "accept":
      return referrals.accept(named);
    case "return":
      return referrals.return({ ...named, reason, onward: fields.onward ? target : undefined });
    case "grant":
      return referrals.conclude({ ...named, outcome: State.GRANTED });
    case "refuse":
      return referrals.conclude({ ...named, outcome: State.REFUSED, reason });
    case "withdraw":
      return referrals.conclude({ ...named, outcome: State.WITHDRAWN, reason });
    case "consent":
      return referrals.recordConsent({
        ...named,
        consent: {
          decision: Decision[fields.decision ?? "DECISION_UNSPECIFIED"],
          giver: Giver[fields.giver ?? "GIVER_UNSPECIFIED"],
          formNumber: (fields.form ?? "").trim(),
        },
      });
  }
}

interface StepDialogProps {
  step: Step;
  referral: Referral;
  close: () => void;
}

export function StepDialog({ step, referral, close }: StepDialogProps) {
  const { t } = useText();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const draft = formDraft<Fields>(`referral/${referral.referralId}/${step}`);
  const onward = Form.useWatch("onward", form);
  const reason = Form.useWatch("reason", form);
  const decision = Form.useWatch("decision", form);
  const refresh = () => void client.invalidateQueries({ queryKey: queryKeys.referrals.all });
  const send = useMutation({
    mutationFn: (fields: Fields) => take(step, referral, fields),
    onSuccess: (changed) => {
      client.setQueryData(queryKeys.referrals.one(changed.referralId), changed);
      refresh();
      void client.invalidateQueries({ queryKey: queryKeys.findings.all });
      message.success(t("referrals.saved"));
      draft.forget();
      close();
    },
    onError: (error) => {
      if (troubleOf(error) === "changed") {
        refresh();
        message.warning(t("referrals.changed"), 8);
        return close();
      }
      message.error(t("review.failed", { message: messageOf(error) }), 8);
    },
  });
  const needsReason = step === "return" || step === "refuse" || step === "withdraw";
  const needsTarget = step === "handOver" || (step === "return" && onward);
  const required = { required: true, message: t("person.missing") };
  return (
    <Modal
      open
      title={t(`referrals.step.${step}`)}
      okText={t(`referrals.step.${step}`)}
      cancelText={t("common.cancel")}
      confirmLoading={send.isPending}
      onOk={() => form.submit()}
      onCancel={() => {
        draft.forget();
        close();
      }}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => send.mutate(fields)}
        initialValues={{
          programme:
            Programme[referral.target?.programme ?? 0] === "PROGRAMME_UNSPECIFIED" ? undefined : Programme[referral.target?.programme ?? 0],
          region: referral.target?.region || undefined,
          onward: false,
          giver: "SELF",
          decision: referral.consent?.decision === Decision.GIVEN ? "REVOKED" : "GIVEN",
          ...draft.values(),
        }}
        onValuesChange={draft.keep}
      >
        {step === "return" && (
          <Form.Item name="onward" label={t("referrals.returnTo")}>
            <Radio.Group
              options={[
                { value: false, label: t("referrals.toTaker") },
                { value: true, label: t("referrals.onward") },
              ]}
            />
          </Form.Item>
        )}
        {needsTarget && (
          <>
            <Form.Item name="programme" label={t("findings.programme")} rules={[required]}>
              <Select options={options(ProgrammeSchema)} />
            </Form.Item>
            <Form.Item
              name="region"
              label={t("referrals.county")}
              valuePropName="value"
              rules={[
                {
                  validator: (_, value?: string) =>
                    value?.length === 6 ? Promise.resolve() : Promise.reject(new Error(t("referrals.countyNeeded"))),
                },
              ]}
            >
              <RegionField />
            </Form.Item>
          </>
        )}
        {step === "consent" && (
          <>
            <p className="quiet">{t("referrals.consentHint")}</p>
            <Form.Item name="decision" label={t("referrals.consent")}>
              <Radio.Group options={options(Consent_DecisionSchema)} />
            </Form.Item>
            <Form.Item name="giver" label={t("referrals.giver")}>
              <Radio.Group options={options(Consent_GiverSchema)} />
            </Form.Item>
            {decision === "GIVEN" && (
              <Form.Item name="form" label={t("referrals.form")} rules={[{ ...required, whitespace: true }]}>
                <Input maxLength={64} />
              </Form.Item>
            )}
          </>
        )}
        {needsReason && (
          <Form.Item name="reason" label={t("findings.reason")} rules={[{ required: true, message: t("findings.reasonNeeded") }]}>
            <Select options={options(Referral_ReasonSchema)} />
          </Form.Item>
        )}
        <Form.Item
          name="note"
          label={t("findings.note")}
          rules={[{ required: reason === "OTHER", whitespace: true, message: t("referrals.noteNeeded") }]}
        >
          <Input.TextArea rows={3} maxLength={500} showCount />
        </Form.Item>
      </Form>
    </Modal>
  );
}
