// Looking a person up from a case: whom, and what for. The hub shows as much as the caller's right allows, and keeps the purpose.
import { Form, Input, Modal, Radio, Select } from "antd";
import { useNavigate } from "react-router";
import { Purpose_KindSchema } from "@/gen/relief/v1/registry_service_pb";
import type { Case } from "@/gen/relief/v1/review_service_pb";
import { useText } from "@/locales";
import { NEEDS_CASE } from "@/lib/purpose";
import { options } from "@/locales/words";

interface Fields {
  id: string;
  purpose: string;
  case: string;
}

export function RevealDialog({ shown, close }: { shown: Case; close: () => void }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const [form] = Form.useForm<Fields>();
  const purpose = Form.useWatch("purpose", form) ?? "REVIEW";
  const sides = [shown.sideA, shown.sideB].filter(
    (side, i, all) => side && all.findIndex((other) => other?.personId === side.personId) === i,
  );
  const look = (fields: Fields) => void navigate(`/person?${new URLSearchParams({ ...fields }).toString()}`);
  return (
    <Modal open title={t("review.reveal")} okText={t("person.lookup")} cancelText={t("common.cancel")} onOk={form.submit} onCancel={close}>
      <p className="quiet">{t("person.audited")}</p>
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={look}
        initialValues={{ id: sides[0]?.personId, purpose: "REVIEW", case: shown.conflict?.conflictId }}
      >
        <Form.Item name="id" label={t("review.person")}>
          <Radio.Group
            options={sides.map((side) => ({
              value: side!.personId,
              label: `${language === "zh" ? side!.nicknameZh : side!.nicknameEn} · ${side!.personId}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="purpose" label={t("person.purpose")}>
          <Select options={options(Purpose_KindSchema)} />
        </Form.Item>
        <Form.Item
          name="case"
          label={t("person.caseNumber")}
          rules={[{ required: NEEDS_CASE.includes(purpose), whitespace: true, message: t("person.caseMissing") }]}
        >
          <Input maxLength={64} spellCheck={false} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
