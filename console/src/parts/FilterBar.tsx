// What the list of findings and the gap report are narrowed by. It stands in the address, so that a link or the back button
// leads to the same rows.
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, DatePicker, InputNumber, Select, Tag } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Finding_StateSchema } from "@/gen/relief/v1/finding_service_pb";
import { NeedSchema, SeveritySchema, FindingKindSchema, ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { isEmpty, readFilter, writeFilter, type Filter } from "@/lib/filter";
import { useText } from "@/locales";
import { statusQuery } from "@/api/queries";
import { options } from "@/locales/words";
import { RegionPicker } from "@/parts/RegionPicker";

export function useFilter() {
  const [params, setParams] = useSearchParams();
  const filter = readFilter(params);
  const change = (part: Partial<Filter>) => setParams((before) => writeFilter(before, part));
  const clear = () => setParams(new URLSearchParams());
  return { filter, change, clear, params, setParams };
}

interface ListProps {
  label: string;
  value: string[];
  choices: { value: string; label: string }[];
  onChange: (value: string[]) => void;
  width: number;
}

function List({ label, value, choices, onChange, width }: ListProps) {
  return (
    <Select
      mode="multiple"
      value={value}
      options={choices}
      onChange={onChange}
      placeholder={label}
      aria-label={label}
      maxTagCount="responsive"
      optionFilterProp="label"
      allowClear
      style={{ width }}
      popupMatchSelectWidth={false}
    />
  );
}

export function FilterBar({ states = true }: { states?: boolean }) {
  const { t, language } = useText();
  const { filter, change, clear } = useFilter();
  const more = filter.severities.length + filter.needs.length > 0 || filter.from !== "" || filter.to !== "" || filter.atLeast !== "";
  const [open, setOpen] = useState(more);
  const rules = useQuery(statusQuery).data?.rules ?? [];
  const ruleChoices = rules.map((rule) => ({
    value: rule.ruleId,
    label: `${rule.ruleId} ${language === "zh" ? rule.titleZh : rule.titleEn}`,
  }));
  return (
    <div className="filters" role="search" aria-label={t("gaps.filters")}>
      <List
        label={t("findings.kind")}
        width={130}
        value={filter.kinds}
        choices={options(FindingKindSchema)}
        onChange={(kinds) => change({ kinds })}
      />
      <List label={t("findings.rule")} width={180} value={filter.rules} choices={ruleChoices} onChange={(rules) => change({ rules })} />
      <List
        label={t("findings.programme")}
        width={150}
        value={filter.programmes}
        choices={options(ProgrammeSchema)}
        onChange={(programmes) => change({ programmes })}
      />
      <RegionPicker value={filter.region} onChange={(region) => change({ region })} width={150} />
      {states && (
        <List
          label={t("findings.anyState")}
          width={140}
          value={filter.states}
          choices={options(Finding_StateSchema)}
          onChange={(states) => change({ states })}
        />
      )}
      <Checkbox checked={filter.overdue} onChange={(event) => change({ overdue: event.target.checked })}>
        {t("findings.onlyOverdue")}
      </Checkbox>
      <Checkbox checked={filter.disputed} onChange={(event) => change({ disputed: event.target.checked })}>
        {t("findings.onlyDisputed")}
      </Checkbox>
      <Button type="link" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? "findings.lessFilters" : "findings.moreFilters")}
      </Button>
      {!isEmpty(filter) && (
        <Button size="small" onClick={clear}>
          {t("common.clear")}
        </Button>
      )}
      {open && (
        <div className="filters inner">
          <List
            label={t("findings.severity")}
            width={130}
            value={filter.severities}
            choices={options(SeveritySchema)}
            onChange={(severities) => change({ severities })}
          />
          <List
            label={t("findings.need")}
            width={150}
            value={filter.needs}
            choices={options(NeedSchema)}
            onChange={(needs) => change({ needs })}
          />
          <DatePicker.RangePicker
            value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
            onChange={(_, text) => change({ from: text?.[0] ?? "", to: text?.[1] ?? "" })}
            allowEmpty={[true, true]}
            placeholder={[t("findings.openedFrom"), t("findings.openedTo")]}
            style={{ width: 250 }}
          />
          <InputNumber
            value={filter.atLeast ? Number(filter.atLeast) : null}
            onChange={(value) => change({ atLeast: value ? String(value) : "" })}
            min={1}
            max={999999999}
            precision={0}
            prefix="¥"
            placeholder={t("findings.atLeast")}
            aria-label={t("findings.atLeast")}
            style={{ width: 150 }}
          />
        </div>
      )}
      {filter.person && (
        <Tag closable onClose={() => change({ person: "" })}>
          {t("findings.person")} {filter.person}
        </Tag>
      )}
    </div>
  );
}
