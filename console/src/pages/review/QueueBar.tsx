// What the queue is narrowed and ordered by.
import { Button, Checkbox, InputNumber, Segmented, Select } from "antd";
import { useState } from "react";
import { ConflictOrderSchema, WorkItem_StateSchema, Conflict_KindSchema } from "@/gen/relief/v1/review_service_pb";
import { ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { ORDERS, type QueueFilter } from "@/lib/queue";
import { useText } from "@/locales";
import { codeWord, options } from "@/locales/words";
import { RegionPicker } from "@/parts/RegionPicker";

interface QueueBarProps {
  queue: QueueFilter;
  change: (part: Partial<QueueFilter>) => void;
}

export function QueueBar({ queue, change }: QueueBarProps) {
  const { t } = useText();
  const [more, setMore] = useState(queue.minBits !== "" || queue.maxBits !== "" || queue.atLeast !== "");
  const number = (text: string) => (text === "" ? null : Number(text));
  return (
    <div className="filters queue-bar" role="search" aria-label={t("gaps.filters")}>
      <Segmented<QueueFilter["who"]>
        aria-label={t("review.who")}
        value={queue.who}
        onChange={(who) => change({ who })}
        options={[
          { value: "", label: t("common.all") },
          { value: "mine", label: t("review.mine") },
          { value: "nobody", label: t("review.nobodys") },
        ]}
      />
      <Select
        mode="multiple"
        value={queue.kinds}
        onChange={(kinds) => change({ kinds })}
        options={options(Conflict_KindSchema)}
        placeholder={t("review.kinds")}
        aria-label={t("review.kinds")}
        maxTagCount="responsive"
        allowClear
        style={{ width: 140 }}
      />
      <Select
        mode="multiple"
        value={queue.states}
        onChange={(states) => change({ states })}
        options={options(WorkItem_StateSchema)}
        placeholder={t("findings.state")}
        aria-label={t("findings.state")}
        maxTagCount="responsive"
        allowClear
        style={{ width: 120 }}
      />
      <Select
        mode="multiple"
        value={queue.programmes}
        onChange={(programmes) => change({ programmes })}
        options={options(ProgrammeSchema)}
        placeholder={t("findings.programme")}
        aria-label={t("findings.programme")}
        maxTagCount="responsive"
        allowClear
        style={{ width: 140 }}
      />
      <RegionPicker value={queue.region} onChange={(region) => change({ region })} width={130} />
      <Checkbox checked={queue.overdue} onChange={(event) => change({ overdue: event.target.checked })}>
        {t("findings.onlyOverdue")}
      </Checkbox>
      <Select
        value={queue.order}
        onChange={(order) => change({ order })}
        aria-label={t("findings.order")}
        popupMatchSelectWidth={false}
        options={ORDERS.map((order) => ({ value: order, label: codeWord(ConflictOrderSchema, order) }))}
      />
      <Button type="link" size="small" aria-expanded={more} onClick={() => setMore(!more)}>
        {t(more ? "findings.lessFilters" : "findings.moreFilters")}
      </Button>
      {more && (
        <>
          <InputNumber
            value={number(queue.minBits)}
            onChange={(value) => change({ minBits: value === null ? "" : String(value) })}
            precision={0}
            min={-99}
            max={199}
            placeholder={t("review.bitsFrom")}
            aria-label={t("review.bitsFrom")}
            style={{ width: 116 }}
          />
          <InputNumber
            value={number(queue.maxBits)}
            onChange={(value) => change({ maxBits: value === null ? "" : String(value) })}
            precision={0}
            min={-99}
            max={199}
            placeholder={t("review.bitsTo")}
            aria-label={t("review.bitsTo")}
            style={{ width: 116 }}
          />
          <InputNumber
            value={number(queue.atLeast)}
            onChange={(value) => change({ atLeast: value ? String(value) : "" })}
            precision={0}
            min={1}
            max={999999999}
            prefix="¥"
            placeholder={t("review.atLeast")}
            aria-label={t("review.atLeast")}
            style={{ width: 140 }}
          />
        </>
      )}
    </div>
  );
}
