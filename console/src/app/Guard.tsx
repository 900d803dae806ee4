import { Outlet } from "react-router";
import type { Right } from "@/app/rights";
import { useSession } from "@/app/session";
import { NoRight } from "@/parts/states";

export function Guard({ right }: { right: Right }) {
  return useSession().may(right) ? <Outlet /> : <NoRight />;
}
