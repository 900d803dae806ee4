import { Button, Form, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { Purpose_KindSchema } from "@/gen/relief/v1/registry_service_pb";
import { useText } from "@/locales";
import { NEEDS_CASE } from "@/lib/purpose";
import { options } from "@/locales/words";

interface Fields {
  id?: string;
  source?: string;
  record?: string;
  purpose: string;
  case?: string;
}

interface LookupFormProps {
  params: URLSearchParams;
  lookUp: (params: URLSearchParams) => void;
}

export function LookupForm({ params, lookUp }: LookupFormProps) {
  const { t } = useText();
  const [by, setBy] = useState(params.get("record") ? "record" : "id");
  const [form] = Form.useForm<Fields>();
  const purpose = Form.useWatch("purpose", form) ?? params.get("purpose") ?? "REVIEW";
  const given = (name: string) => params.get(name) ?? undefined;
  const submit = (fields: Fields) => {
    const next = new URLSearchParams();
    const set = (name: keyof Fields) => fields[name]?.trim() && next.set(name, fields[name].trim());
    for (const name of by === "id" ? (["id"] as const) : (["source", "record"] as const)) set(name);
    set("purpose");
    set("case");
    lookUp(next);
  };
  const required = { required: true, whitespace: true, message: t("person.missing") };
  return (
    <section className="panel lookup">
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={{
          id: given("id"),
          source: given("source"),
          record: given("record"),
          purpose: given("purpose") ?? "REVIEW",
          case: given("case"),
        }}
      >
        <Segmented
          value={by}
          onChange={setBy}
          options={[
            { value: "id", label: t("person.byId") },
            { value: "record", label: t("person.byRecord") },
          ]}
        />
        <div className="lookup-fields">
          {by === "id" ? (
            <Form.Item name="id" label={t("person.id")} rules={[required]}>
              <Input placeholder={t("person.idHint")} spellCheck={false} maxLength={64} />
            </Form.Item>
          ) : (
            <>
              <Form.Item name="source" label={t("person.sourceId")} rules={[required]}>
                <Input placeholder="371302-minimum-living" spellCheck={false} maxLength={64} />
              </Form.Item>
              <Form.Item name="record" label={t("person.recordId")} rules={[required]}>
                <Input placeholder="DB000017" spellCheck={false} maxLength={64} />
              </Form.Item>
            </>
          )}
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
          <Button type="primary" htmlType="submit">
            {t("person.lookup")}
          </Button>
        </div>
      </Form>
      <p className="quiet hint">{t("person.audited")}</p>
    </section>
  );
}
