import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { logout, onSessionLost, whoAmI, type Session } from "@/api/session";
import { may, type Right } from "@/app/rights";
import { offerLanguage } from "@/locales";
import { Login } from "@/pages/login/Login";
import { ErrorState, PageSkeleton } from "@/parts/states";

interface SessionContext {
  session: Session;
  leave: () => Promise<void>;
}

const Context = createContext<SessionContext | null>(null);

export function useSession() {
  const context = useContext(Context);
  if (!context) throw new Error("useSession outside of SessionGate");
  return { ...context, may: (right: Right) => may(context.session.role, right) };
}

// Shows its children to whoever is logged in, and the login page to everybody else. The address stays as it is, so
// that logging in again leads back to where one was.
export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [expired, setExpired] = useState(false);
  const query = useQuery({ queryKey: ["session"], queryFn: whoAmI, staleTime: Infinity });
  useEffect(
    () =>
      onSessionLost(() => {
        if (client.getQueryData(["session"])) setExpired(true);
        client.setQueryData(["session"], null);
      }),
    [client],
  );
  useEffect(() => {
    if (query.data) offerLanguage(query.data.language);
  }, [query.data]);

  // What one account had read is not the next account's to see.
  const forget = () => client.removeQueries({ predicate: (other) => other.queryKey[0] !== "session" });
  if (query.isPending) return <PageSkeleton />;
  if (query.data === undefined) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.data === null) {
    return (
      <Login
        expired={expired}
        entered={(session) => {
          setExpired(false);
          forget();
          client.setQueryData(["session"], session);
        }}
      />
    );
  }
  const leave = async () => {
    await logout();
    setExpired(false);
    forget();
    client.setQueryData(["session"], null);
  };
  return <Context.Provider value={{ session: query.data, leave }}>{children}</Context.Provider>;
}
