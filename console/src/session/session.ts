// Who is logged in, for everything below the gate (app/SessionGate).
import { createContext, useContext } from "react";
import type { Session } from "@/api/session";
import { may, type Right } from "@/session/rights";

interface LoggedIn {
  session: Session;
  leave: () => Promise<void>;
}

export const SessionContext = createContext<LoggedIn | null>(null);

export function useSession() {
  const context = useContext(SessionContext);
  if (!context) throw new Error("useSession outside of SessionGate");
  return { ...context, may: (right: Right) => may(context.session.role, right) };
}
