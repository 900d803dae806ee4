// A drawing and its twin: the same figures as a table, for those who cannot see the drawing and those who want the numbers.
import type { EChartsOption } from "echarts";
import type { ReactNode } from "react";
import { useText } from "@/locales";
import { Chart } from "@/parts/Chart";

export interface ChartRow {
  name: string;
  cells: readonly (string | null)[] | null; // null: withheld, one or all
}

interface ChartPanelProps {
  title: string;
  heading?: ReactNode; // instead of the title alone
  remark?: string;
  option: EChartsOption;
  height: number;
  onClick?: (name: string) => void;
  columns: string[]; // what the rows are, and each figure
  rows: readonly ChartRow[];
}

export function ChartPanel({ title, heading, remark, option, height, onClick, columns, rows }: ChartPanelProps) {
  const { t } = useText();
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{heading ?? title}</h2>
        {remark && <span className="end quiet small">{remark}</span>}
      </div>
      <div className="panel-body">
        <Chart option={option} height={height} onClick={onClick} />
        <details className="twin">
          <summary>{t("common.table")}</summary>
          <table className="plain-table">
            <caption className="hidden-text">{title}</caption>
            <thead>
              <tr>
                {columns.map((name, i) => (
                  <th key={name} scope="col" className={i > 0 ? "number" : undefined}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, cells }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {cells ? (
                    cells.map((cell, i) => (
                      <td key={i} className={cell === null ? "number quiet" : "number"}>
                        {cell ?? t("gaps.withheld")}
                      </td>
                    ))
                  ) : (
                    <td colSpan={columns.length - 1} className="quiet">
                      {t("gaps.withheld")}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </div>
    </section>
  );
}
