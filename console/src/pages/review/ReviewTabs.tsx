import { NavLink } from "react-router";
import { useText } from "@/locales";

export function ReviewTabs() {
  const { t } = useText();
  return (
    <nav className="page-tabs" aria-label={t("review.title")}>
      <NavLink to="/review" end>{t("review.queue")}</NavLink>
      <NavLink to="/review/decisions">{t("review.history")}</NavLink>
    </nav>
  );
}
