// 首问负责: who takes a gap on stays answerable for it, also where it is handed over at once. So it is said before, and not at one click.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { referrals } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import { Finding_State, type Finding } from "@/gen/relief/v1/finding_service_pb";
import { Programme, ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { formDraft } from "@/lib/formDraft";
import { useText } from "@/locales";
import { options } from "@/locales/words";
import { RegionField } from "@/parts/RegionPicker";

interface Fields {
  onward?: boolean;
  programme?: keyof typeof Programme;
  region?: string;
  note?: string;
}

function TakeDialog({ finding, close }: { finding: Finding; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const onward = Form.useWatch("onward", form) ?? false;
  const draft = formDraft<Fields>(`take/${finding.findingId}`);
  const first = finding.notify.at(0);
  const county = finding.regions.find((region) => region.length >= 6)?.slice(0, 6) ?? "";
  const take = useMutation({
    mutationFn: ({ programme, region, note }: Fields) =>
      referrals.createReferral({
        findingId: finding.findingId,
        target: onward && programme ? { programme: Programme[programme], region } : undefined,
        note: (note ?? "").trim(),
      }),
    onSuccess: (referral) => {
      draft.forget();
      void client.invalidateQueries({ queryKey: queryKeys.findings.all });
      void client.invalidateQueries({ queryKey: queryKeys.referrals.all });
      void navigate(`/referrals/${encodeURIComponent(referral.referralId)}`);
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  return (
    <Modal
      open
      title={t("referrals.take")}
      okText={t("referrals.take")}
      cancelText={t("common.cancel")}
      confirmLoading={take.isPending}
      onOk={() => form.submit()}
      onCancel={() => (draft.forget(), close())}
    >
      <p>{t("referrals.takeText")}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ programme: first && Programme[first], region: county, ...draft.values() }}
        onValuesChange={draft.keep}
        onFinish={(fields) => take.mutate(fields)}
      >
        <Form.Item name="onward" valuePropName="checked">
          <Checkbox>{t("referrals.handOverAtOnce")}</Checkbox>
        </Form.Item>
        {onward && (
          <>
            <Form.Item name="programme" label={t("findings.programme")} rules={[{ required: true, message: t("person.missing") }]}>
              <Select options={options(ProgrammeSchema)} />
            </Form.Item>
            <Form.Item
              name="region"
              label={t("referrals.county")}
              rules={[{ required: true, pattern: /^\d{6}/, message: t("referrals.countyNeeded") }]}
            >
              <RegionField />
            </Form.Item>
          </>
        )}
        <Form.Item name="note" label={t("findings.note")}>
          <Input.TextArea rows={2} maxLength={500} showCount />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function ReferralOfFinding({ finding }: { finding: Finding }) {
  const { t } = useText();
  const { may } = useSession();
  const [taking, setTaking] = useState(false);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("referrals.one")}</h2>
      </div>
      <div className="panel-body">
        {finding.referralId ? (
          may("referrals") ? (
            <Link className="cell code" to={`/referrals/${encodeURIComponent(finding.referralId)}`}>
              {finding.referralId}
            </Link>
          ) : (
            <span className="code">{finding.referralId}</span>
          )
        ) : (
          <p className="quiet hint">{t("referrals.none")}</p>
        )}
        {may("refer") && finding.state === Finding_State.OPEN && !finding.referralId && (
          <Button onClick={() => setTaking(true)}>{t("referrals.take")}</Button>
        )}
        {taking && <TakeDialog finding={finding} close={() => setTaking(false)} />}
      </div>
    </section>
  );
}
