// What an agency says of a finding, as a form: of one, or of many at once.
import { create } from "@bufbuild/protobuf";
import { DatePicker, Form, Input, InputNumber, Select, type FormInstance } from "antd";
import type { Dayjs } from "dayjs";
import {
  Disposition_Outcome as Outcome,
  Disposition_Reason as Reason,
  DispositionSchema,
  type Disposition,
  Disposition_ReasonSchema,
  Disposition_OutcomeSchema,
} from "@/gen/relief/v1/finding_service_pb";
import { DateSchema } from "@/gen/relief/v1/types_pb";
import { useText } from "@/locales";
import { options } from "@/locales/words";

export interface AnswerValues {
  outcome: keyof typeof Outcome;
  reason?: keyof typeof Reason;
  until?: Dayjs | null;
  recovered?: number | null;
  note?: string;
}

export function toDisposition({ outcome, reason, until, recovered, note }: AnswerValues): Disposition {
  return create(DispositionSchema, {
    outcome: Outcome[outcome],
    reason: reason ? Reason[reason] : Reason.REASON_UNSPECIFIED,
    until: until ? create(DateSchema, { year: until.year(), month: until.month() + 1, day: until.date() }) : undefined,
    recoveredFen: BigInt(Math.round((recovered ?? 0) * 100)),
    note: (note ?? "").trim(),
  });
}

// `many`: one answer for several findings. What was recovered is a sum of one finding, and is not asked then.
export function AnswerFields({ form, many = false }: { form: FormInstance<AnswerValues>; many?: boolean }) {
  const { t } = useText();
  const allowed = Form.useWatch("outcome", form) === "NOT_A_PROBLEM";
  const reason = Form.useWatch("reason", form);
  return (
    <>
      <Form.Item name="outcome" label={t("findings.outcome")} rules={[{ required: true, message: t("findings.outcomeMissing") }]}>
        <Select options={options(Disposition_OutcomeSchema)} autoFocus />
      </Form.Item>
      <Form.Item name="reason" label={t("findings.reason")} rules={[{ required: allowed, message: t("findings.reasonNeeded") }]}>
        <Select options={options(Disposition_ReasonSchema).filter(({ value }) => !many || value !== "RECOVERED")} allowClear />
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
    </>
  );
}
