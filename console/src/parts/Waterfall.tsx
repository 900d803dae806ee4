// The weights of a match, field by field, and the two thresholds. The table below the drawing holds the same figures.
import type { CustomSeriesRenderItem, EChartsOption } from "echarts";
import { useMemo } from "react";
import { FieldEvidence_LevelSchema } from "@/gen/relief/v1/registry_service_pb";
import { color } from "@/lib/theme";
import type { MatchExplanation } from "@/gen/relief/v1/registry_service_pb";
import { bitsText, stepsOf, type Step } from "@/lib/waterfall";
import { useText } from "@/locales";
import { codeWord, fieldName } from "@/locales/words";
import { AXIS_TEXT, Chart } from "@/parts/Chart";

type Texts = (key: string, values?: Record<string, unknown>) => string;

const drawBar: CustomSeriesRenderItem = (_, api) => {
  const row = api.value(0);
  const from = api.coord([api.value(1), row]);
  const to = api.coord([api.value(2), row]);
  const height = (api.size!([0, 1]) as number[])[1] * 0.56;
  const left = Math.min(from[0], to[0]);
  return {
    type: "rect",
    shape: { x: left, y: from[1] - height / 2, width: Math.max(2, Math.abs(to[0] - from[0])), height, r: 2 },
    style: { fill: api.visual("color") },
    emphasisDisabled: true,
  };
};

function stepName(step: Step, t: Texts): string {
  return step.field ? fieldName(step.field) : t("review.rest");
}

function optionOf(explanation: MatchExplanation, steps: Step[], t: Texts): EChartsOption {
  const total = explanation.totalBits;
  const bars = [...steps.map(({ from, to, bits }) => ({ from, to, bits })), { from: 0, to: total, bits: total }];
  const names = [...steps.map((step) => stepName(step, t)), t("review.total")];
  const ends = bars.flatMap(({ from, to }) => [from, to]);
  const line = (at: number, name: string) => ({
    xAxis: at,
    label: { position: "start" as const, formatter: `${name} ${at.toFixed(1)}`, color: color.quiet, fontSize: 12 },
  });
  return {
    animation: false,
    grid: { left: 8, right: 52, top: 26, bottom: 4, containLabel: true },
    xAxis: {
      type: "value",
      min: Math.floor(Math.min(0, ...ends) - 1),
      max: Math.ceil(Math.max(explanation.linkThresholdBits, ...ends) + 1),
      axisLabel: AXIS_TEXT,
      splitLine: { lineStyle: { color: "#eef1f4" } },
    },
    yAxis: { type: "category", inverse: true, data: names, axisLabel: { ...AXIS_TEXT, color: color.ink }, axisTick: { show: false } },
    series: [
      {
        type: "custom",
        renderItem: drawBar,
        encode: { x: [1, 2], y: 0 },
        data: bars.map(({ from, to, bits }, row) => ({
          value: [row, from, to],
          itemStyle: { color: row === bars.length - 1 ? color.brand : bits < 0 ? color.against : color.for },
        })),
      },
      {
        // Carries the figures at the bars' right ends, and the thresholds.
        type: "bar",
        barGap: "-100%",
        itemStyle: { color: "transparent" },
        silent: true,
        data: bars.map(({ from, to, bits }) => ({
          value: Math.max(from, to),
          label: {
            show: true,
            position: Math.max(from, to) < 0 ? "insideRight" : "right",
            formatter: bitsText(bits),
            color: color.ink,
            fontSize: 12,
          },
        })),
        markLine: {
          symbol: "none",
          silent: true,
          lineStyle: { color: color.quiet, type: "dashed", width: 1 },
          data: [line(explanation.reviewThresholdBits, t("review.reviewAt")), line(explanation.linkThresholdBits, t("review.linkAt"))],
        },
      },
    ],
  };
}

export function Waterfall({ explanation }: { explanation: MatchExplanation }) {
  const { t } = useText();
  const steps = useMemo(() => stepsOf(explanation), [explanation]);
  const option = useMemo(() => optionOf(explanation, steps, t), [explanation, steps, t]);
  return (
    <figure style={{ margin: 0 }}>
      <Chart option={option} height={40 + 27 * (steps.length + 1)} />
      <details className="twin">
        <summary>{t("review.waterfallTable")}</summary>
        <table className="plain-table">
          <caption className="hidden-text">{t("review.waterfallHint")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("review.field")}</th>
              <th scope="col">{t("review.level")}</th>
              <th scope="col" className="number">
                {t("review.weight")}
              </th>
              <th scope="col" className="number">
                {t("review.running")}
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step, row) => (
              <tr key={row}>
                <th scope="row">{stepName(step, t)}</th>
                <td>
                  {step.level && codeWord(FieldEvidence_LevelSchema, step.level)}
                  {step.oneIn >= 2 && <span className="quiet"> · {t("review.oneIn", { n: Math.round(step.oneIn) })}</span>}
                </td>
                <td className="number">{bitsText(step.bits)}</td>
                <td className="number">{bitsText(step.to)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">{t("review.total")}</th>
              <td className="quiet">
                {t("review.reviewAt")} {explanation.reviewThresholdBits.toFixed(1)} · {t("review.linkAt")}{" "}
                {explanation.linkThresholdBits.toFixed(1)}
              </td>
              <td />
              <td className="number">
                <b>{bitsText(explanation.totalBits)}</b>
              </td>
            </tr>
          </tbody>
        </table>
      </details>
    </figure>
  );
}
