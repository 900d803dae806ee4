// Each column of a table: what the hub takes it for, why, and what the officer makes of it.
import { Select } from "antd";
import { UploadColumn_BecauseSchema, type UploadColumn, type UploadUse } from "@/gen/relief/v1/intake_service_pb";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { sentence } from "@/pages/intake/data";

interface ColumnsProps {
  columns: UploadColumn[];
  uses: UploadUse[];
  told: Record<string, string>; // by heading
  tell?: (heading: string, use: string) => void; // none: only shown
}

export function Columns({ columns, uses, told, tell }: ColumnsProps) {
  const { t } = useText();
  const options = uses
    .map(({ use, label }) => ({ value: use, label: sentence(label) }))
    .sort((a, b) => Number(b.value === "unused") - Number(a.value === "unused"));
  const nameOf = (use: string) => options.find(({ value }) => value === use)?.label ?? (use || t("intake.unknownUse"));
  return (
    <div className="wide">
      <table className="plain-table columns-table">
        <caption className="hidden-text">{t("intake.columns")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("intake.column")}</th>
            <th scope="col">{t("intake.use")}</th>
            <th scope="col">{t("intake.because")}</th>
            <th scope="col">{t("intake.samples")}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column, index) => {
            const use = told[column.heading] ?? column.use;
            return (
              <tr key={`${index} ${column.heading}`} className={column.inDoubt || use === "" ? "in-doubt" : undefined}>
                <th scope="row">{column.heading}</th>
                <td>
                  {tell ? (
                    <Select
                      size="small"
                      className="use-select"
                      aria-label={t("intake.use") + " " + column.heading}
                      value={use || undefined}
                      placeholder={t("intake.unknownUse")}
                      options={options}
                      showSearch={{ optionFilterProp: "label" }}
                      onChange={(value) => tell(column.heading, value)}
                    />
                  ) : (
                    <span className={use ? "" : "quiet"}>{nameOf(use)}</span>
                  )}
                </td>
                <td className="small">
                  {word(UploadColumn_BecauseSchema, column.because)}
                  {column.percentSure > 0 && column.percentSure < 100 && (
                    <span className={column.inDoubt ? "soon" : "quiet"}> {t("intake.sure", { n: column.percentSure })}</span>
                  )}
                </td>
                <td className="code small">{column.samples.join("  ")}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
