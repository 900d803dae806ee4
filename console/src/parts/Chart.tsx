// One ECharts drawing that follows its container. Beside every chart stands a table with the same figures: the drawing
// itself is hidden from screen readers.
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsType } from "echarts/core";
import type { EChartsOption } from "echarts";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useEffectEvent, useRef } from "react";

register([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

interface ChartProps {
  option: EChartsOption;
  height: number;
  onClick?: (name: string, seriesIndex: number) => void;
}

export function Chart({ option, height, onClick }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const click = useEffectEvent((name: string, seriesIndex: number) => onClick?.(name, seriesIndex));
  useEffect(() => {
    const drawn = init(box.current);
    chart.current = drawn;
    drawn.on("click", (event) => click(event.name, event.seriesIndex ?? 0));
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(box.current!);
    return () => {
      observer.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);
  return <div ref={box} style={{ height }} aria-hidden="true" />;
}

export const AXIS_TEXT = { color: "#55636f", fontSize: 12 };
