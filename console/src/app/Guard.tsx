import { Outlet } from "react-router";
import type { Right } from "@/session/rights";
import { useSession } from "@/session/session";
import { NoRight } from "@/parts/states";

export function Guard({ right }: { right: Right }) {
  return useSession().may(right) ? <Outlet /> : <NoRight />;
}
