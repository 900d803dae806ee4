import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { queryKeys } from "@/api/queryKeys";
import { logout, onSessionLost, whoAmI, type Session } from "@/api/session";
import { dropDrafts, openDrafts } from "@/lib/drafts";
import { offerLanguage } from "@/locales";
import { Login } from "@/pages/login/Login";
import { ErrorState, PageSkeleton } from "@/parts/states";
import { SessionContext } from "@/session/session";

async function enter(): Promise<Session | null> {
  const session = await whoAmI();
  if (session) openDrafts(session.user);
  return session;
}

// Shows its children to whoever is logged in, and the login page to everybody else. The address stays as it is, so
// that logging in again leads back to where one was.
export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [expired, setExpired] = useState(false);
  const query = useQuery({ queryKey: queryKeys.session, queryFn: enter, staleTime: Infinity });
  useEffect(
    () =>
      onSessionLost(() => {
        if (client.getQueryData(queryKeys.session)) setExpired(true);
        client.setQueryData(queryKeys.session, null);
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
          openDrafts(session.user);
          client.setQueryData(queryKeys.session, session);
        }}
      />
    );
  }
  const leave = async () => {
    await logout();
    dropDrafts();
    setExpired(false);
    forget();
    client.setQueryData(queryKeys.session, null);
  };
  return <SessionContext.Provider value={{ session: query.data, leave }}>{children}</SessionContext.Provider>;
}
