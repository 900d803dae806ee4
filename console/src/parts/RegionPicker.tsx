import { Cascader } from "antd";
import { pathTo, places, regionName, type Place } from "@/lib/regions";
import { useText } from "@/locales";

interface RegionPickerProps {
  value: string; // a prefix of 2, 4 or 6 digits; empty = the whole country
  onChange: (prefix: string) => void;
  width?: number;
}

// A province, prefecture or county, by name or by code. Any level can be chosen.
export function RegionPicker({ value, onChange, width = 190 }: RegionPickerProps) {
  const { t } = useText();
  const path = pathTo(value);
  return (
    <Cascader<Place>
      options={places()}
      value={path.length > 0 ? path : undefined}
      onChange={(chosen) => onChange(String(chosen?.at(-1) ?? ""))}
      changeOnSelect
      expandTrigger="hover"
      style={{ width }}
      placeholder={t("findings.region")}
      aria-label={t("findings.region")}
      displayRender={() => (pathTo(value).at(-1) === value ? regionName(value) : value)}
      showSearch={{ filter: (text, options) => options.some(({ label, value: code }) => label.includes(text) || code.startsWith(text)) }}
    />
  );
}

// The same as a field of a form.
export function RegionField({ value = "", onChange }: { value?: string; onChange?: (value: string) => void }) {
  return <RegionPicker value={value} onChange={(prefix) => onChange?.(prefix)} width={320} />;
}
