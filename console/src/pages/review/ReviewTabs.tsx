import { useQuery } from "@tanstack/react-query";
import { NavLink } from "react-router";
import { count } from "@/lib/money";
import { readQueue } from "@/lib/queue";
import { useText } from "@/locales";
import { summaryQuery } from "@/pages/review/data";

const WHOLE = readQueue(new URLSearchParams());

export function ReviewTabs() {
  const { t } = useText();
  const pending = useQuery(summaryQuery(WHOLE)).data?.proposalsPending ?? 0n;
  return (
    <nav className="page-tabs" aria-label={t("review.title")}>
      <NavLink to="/review" end>
        {t("review.queue")}
      </NavLink>
      <NavLink to="/review/proposals">
        {t("review.proposals")}
        {pending > 0n && <span className="tab-count">{count(pending)}</span>}
      </NavLink>
      <NavLink to="/review/decisions">{t("review.history")}</NavLink>
      <NavLink to="/review/jobs">{t("review.jobs")}</NavLink>
      <NavLink to="/review/quality">{t("review.quality")}</NavLink>
    </nav>
  );
}
