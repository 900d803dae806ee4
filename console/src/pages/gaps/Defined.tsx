// A figure's name, with what it counts on hover or focus: the hub's own definition.
import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import type { ReactNode } from "react";
import { useText } from "@/locales";
import { definitionsQuery } from "@/pages/gaps/data";

export function Defined({ figure, children }: { figure: string; children: ReactNode }) {
  const { language } = useText();
  const definition = useQuery(definitionsQuery).data?.definitions.find((one) => one.figure === figure);
  const text = definition && (language === "zh" ? definition.textZh : definition.textEn);
  if (!text) return <>{children}</>;
  return (
    <Tooltip title={text}>
      <span className="defined" tabIndex={0}>
        {children}
      </span>
    </Tooltip>
  );
}
