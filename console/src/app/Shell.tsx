import {
  AuditOutlined,
  BarChartOutlined,
  CloudUploadOutlined,
  DashboardOutlined,
  FlagOutlined,
  HeartOutlined,
  LogoutOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  SwapOutlined,
  TranslationOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Layout } from "antd";
import { useEffect, useRef, useState, type ComponentType } from "react";
import { NavLink, Outlet, useLocation, useNavigate } from "react-router";
import type { Right } from "@/session/rights";
import { useSession } from "@/session/session";
import { useScrollPlace } from "@/app/useScrollPlace";
import { overdueQuery, waitingQuery } from "@/api/queries";
import { count } from "@/lib/money";
import { isFree } from "@/lib/keys";
import { chooseLanguage, useText } from "@/locales";
import { OfflineBanner } from "@/parts/states";

const PLACES: { path: string; right: Right; icon: ComponentType }[] = [
  { path: "review", right: "review", icon: AuditOutlined },
  { path: "findings", right: "findings", icon: FlagOutlined },
  { path: "referrals", right: "referrals", icon: SwapOutlined },
  { path: "gaps", right: "gaps", icon: BarChartOutlined },
  { path: "person", right: "person", icon: UserOutlined },
  { path: "charity", right: "charity", icon: HeartOutlined },
  { path: "intake", right: "feed", icon: CloudUploadOutlined },
  { path: "operations", right: "operations", icon: DashboardOutlined },
];

const SEQUENCE = 1200; // ms between the two keys

// G, then Q: to the queue, from everywhere.
function useGoToQueue(enabled: boolean) {
  const navigate = useNavigate();
  useEffect(() => {
    if (!enabled) return;
    let pressedG = -SEQUENCE;
    const press = (event: KeyboardEvent) => {
      if (!isFree(event)) return;
      const key = event.key.toLowerCase();
      if (key === "q" && event.timeStamp - pressedG < SEQUENCE) void navigate("/review");
      pressedG = key === "g" ? event.timeStamp : -SEQUENCE;
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [enabled, navigate]);
}

// What waits there, as a number that moves by itself. For the eye: the page behind it says the same in words.
function Count({ path }: { path: string }) {
  const { t } = useText();
  const { may } = useSession();
  const waiting = useQuery({ ...waitingQuery, enabled: path === "review" && may("decide") }).data;
  const overdue = useQuery({ ...overdueQuery, enabled: path === "findings" && may("dispose") }).data ?? 0n;
  if (path === "review" && waiting) {
    const forMe = may("approve") ? waiting.proposalsPending : 0n;
    const shown = forMe > 0n ? forMe : waiting.conflicts;
    if (shown === 0n) return null;
    const text = t(forMe > 0n ? "app.waitsForApproval" : "app.waitsForReview", { n: count(shown) });
    return (
      <span className={forMe > 0n ? "nav-count asks" : "nav-count"} title={text} aria-hidden>
        {shown > 999n ? "999+" : count(shown)}
      </span>
    );
  }
  if (path !== "findings" || overdue === 0n) return null;
  const text = t("app.overdue", { n: count(overdue) });
  return (
    <span className="nav-count late" title={text} aria-hidden>
      {overdue > 999n ? "999+" : count(overdue)}
    </span>
  );
}

export function Shell() {
  const { t, language } = useText();
  const { session, leave, may } = useSession();
  const [narrow, setNarrow] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useGoToQueue(may("review"));
  useScrollPlace(main);
  useEffect(() => {
    const place = PLACES.find(({ path }) => pathname.startsWith(`/${path}`));
    document.title = place ? `${t(`nav.${place.path}`)} · ${t("app.name")}` : t("app.name");
  }, [pathname, t]);

  return (
    <Layout className="shell">
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t("app.skip")}
      </a>
      <Layout.Sider width={188} collapsedWidth={60} collapsed={narrow} breakpoint="xl" onBreakpoint={setNarrow} trigger={null}>
        <div className={narrow ? "side narrow" : "side"}>
          <div className="brand">
            <img src="/icon.svg" alt="" />
            <span>{t("app.name")}</span>
          </div>
          <nav aria-label={t("app.navigation")}>
            {PLACES.filter(({ right }) => may(right)).map(({ path, icon: Icon }) => (
              <NavLink key={path} to={`/${path}`} title={narrow ? t(`nav.${path}`) : undefined} aria-label={t(`nav.${path}`)}>
                <Icon />
                <span className="label">{t(`nav.${path}`)}</span>
                <Count path={path} />
              </NavLink>
            ))}
          </nav>
          <footer>
            <div className="who">
              <b title={session.user}>{session.user}</b>
              <span>{t(`role.${session.role}`)}</span>
            </div>
            <button className="plain" onClick={() => chooseLanguage(language === "zh" ? "en" : "zh")} aria-label={t("app.languageLabel")}>
              <TranslationOutlined />
              <span className="label" lang={language === "zh" ? "en" : "zh-CN"}>
                {t("app.language")}
              </span>
            </button>
            <button className="plain" onClick={() => void leave()} aria-label={t("app.logout")}>
              <LogoutOutlined />
              <span className="label">{t("app.logout")}</span>
            </button>
            <button
              className="plain collapse"
              onClick={() => setNarrow(!narrow)}
              aria-label={t(narrow ? "app.expand" : "app.collapse")}
              aria-expanded={!narrow}
            >
              {narrow ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
              <span className="label">{t("app.collapse")}</span>
            </button>
          </footer>
        </div>
      </Layout.Sider>
      <main id="main" tabIndex={-1} ref={main}>
        <OfflineBanner />
        <Outlet />
      </main>
    </Layout>
  );
}
