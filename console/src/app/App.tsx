import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { RouterProvider } from "react-router/dom"; // the one that can navigate at once, as the review does between two keys
import { isPassing } from "@/api/errors";
import { styleNonce } from "@/lib/nonce";
import { router } from "@/app/routes";
import { SessionGate } from "@/app/SessionGate";
import { theme } from "@/lib/theme";
import { useText } from "@/locales";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always", // an offline page says so itself
      retry: (failures, error) => failures < 2 && isPassing(error),
      staleTime: 15_000,
      refetchOnWindowFocus: false, // each look-up is in the audit log: none happens by itself
    },
    mutations: { networkMode: "always" },
  },
});

export function App() {
  const { language } = useText();
  return (
    <ConfigProvider locale={language === "zh" ? zhCN : enUS} theme={theme} csp={{ nonce: styleNonce }} button={{ autoInsertSpace: false }}>
      <AntApp style={{ height: "100%" }} message={{ maxCount: 1 }}>
        <QueryClientProvider client={client}>
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
