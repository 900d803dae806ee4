import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Form, InputNumber, Modal } from "antd";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useText } from "@/locales";
import { RegionPicker } from "@/parts/RegionPicker";

interface Fields {
  size: number;
  region: string;
  minBits?: number | null;
  maxBits?: number | null;
}

// Links that the machine made alone, drawn at random: all of them, or of a region or a band of scores.
export function DrawDialog({ close }: { close: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const draw = useMutation({
    mutationFn: ({ size, region, minBits, maxBits }: Fields) =>
      review.drawQualitySample(
        { size, regionPrefix: region, minBits: minBits ?? undefined, maxBits: maxBits ?? undefined },
        { timeoutMs: 60_000 },
      ),
    onSuccess: (sample) => {
      message.success(t("review.drawn", { n: sample.items }));
      void client.invalidateQueries({ queryKey: queryKeys.quality.all });
      close();
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  return (
    <Modal
      open
      width={440}
      title={t("review.draw")}
      okText={t("review.draw")}
      cancelText={t("common.cancel")}
      confirmLoading={draw.isPending}
      onOk={form.submit}
      onCancel={close}
    >
      <p className="quiet">{t("review.drawText")}</p>
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => draw.mutate(fields)}
        initialValues={{ size: 100, region: "" }}
      >
        <Form.Item name="size" label={t("review.pairs")} rules={[{ required: true, message: t("person.missing") }]}>
          <InputNumber min={1} max={2000} precision={0} />
        </Form.Item>
        <Form.Item name="region" label={t("findings.region")}>
          <RegionPicker value="" onChange={() => {}} />
        </Form.Item>
        <div className="row">
          <Form.Item name="minBits" label={t("review.bitsFrom")}>
            <InputNumber min={-99} max={199} />
          </Form.Item>
          <Form.Item name="maxBits" label={t("review.bitsTo")}>
            <InputNumber min={-99} max={199} />
          </Form.Item>
        </div>
      </Form>
    </Modal>
  );
}
