// Deciding, and taking back. Tells everybody who listens: a toast for the eye, a live region for the ear.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConnectError } from "@connectrpc/connect";
import { messageOf, troubleOf } from "@/api/errors";
import { review } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import {
  Decision_Verdict,
  StaleDecisionSchema,
  type Conflict,
  type StaleDecision,
  Decision_VerdictSchema,
} from "@/gen/relief/v1/review_service_pb";
import { t } from "@/locales";
import { word } from "@/locales/words";
import { forgetConflict, refreshAfterDecision } from "@/pages/review/data";

const STACK = queryKeys.undoStack; // of this login; emptied with the cache at the next

export type DecisionEvent =
  | { type: "decided"; conflictId: string; verdict: Decision_Verdict; decisionId: string; undo: () => void; text: string }
  | { type: "proposed"; conflictId: string; text: string }
  | { type: "undone"; conflictId: string; text: string }
  | { type: "changed"; conflictId: string; text: string; stale?: StaleDecision }
  | { type: "failed"; conflictId: string; text: string };

// What the hub says has changed since the case was read.
export function staleOf(error: unknown): StaleDecision | undefined {
  return error instanceof ConnectError ? error.findDetails(StaleDecisionSchema)[0] : undefined;
}

export function useDecide(tell: (event: DecisionEvent) => void) {
  const client = useQueryClient();
  client.setQueryDefaults(STACK, { gcTime: Infinity });
  const stack = () => client.getQueryData<string[]>(STACK) ?? [];
  const refused = (error: unknown, conflictId = "") => {
    if (troubleOf(error) !== "changed")
      return tell({ type: "failed", conflictId, text: t("review.failed", { message: messageOf(error) }) });
    refreshAfterDecision(client);
    tell({ type: "changed", conflictId, text: t("review.changed"), stale: staleOf(error) });
  };

  const undo = useMutation({
    mutationFn: ({ decisionId, comment }: { decisionId: string; comment: string }) => review.undoDecision({ decisionId, comment }),
    onSuccess: (decision) => {
      refreshAfterDecision(client);
      if (decision.proposalId && !decision.undoTime)
        return tell({ type: "proposed", conflictId: decision.conflictId, text: t("review.proposed") });
      client.setQueryData(
        STACK,
        stack().filter((id) => id !== decision.decisionId),
      );
      tell({ type: "undone", conflictId: decision.conflictId, text: t("review.undone") });
    },
    onError: (error) => refused(error),
  });

  const decide = useMutation({
    mutationFn: ({ conflict, verdict, comment }: { conflict: Conflict; verdict: Decision_Verdict; comment: string }) =>
      review.decideConflict({ conflictId: conflict.conflictId, verdict, comment, etag: conflict.etag }),
    onSuccess: (decision, { conflict, verdict }) => {
      const closed = verdict !== Decision_Verdict.UNSURE && decision.decisionId !== "";
      refreshAfterDecision(client, closed ? conflict.conflictId : "");
      if (!decision.decisionId && decision.proposalId)
        return tell({ type: "proposed", conflictId: conflict.conflictId, text: t("review.proposed") });
      client.setQueryData(STACK, [...stack(), decision.decisionId]);
      if (closed) forgetConflict(client, conflict.conflictId);
      const text =
        verdict === Decision_Verdict.UNSURE
          ? t("review.unsureDecided")
          : t("review.decided", { verdict: word(Decision_VerdictSchema, verdict) });
      const { decisionId } = decision;
      tell({
        type: "decided",
        conflictId: conflict.conflictId,
        verdict,
        decisionId,
        undo: () => undo.mutate({ decisionId, comment: "" }),
        text,
      });
    },
    onError: (error, { conflict }) => refused(error, conflict.conflictId),
  });

  return { decide, undo, lastDecision: (): string | undefined => stack().at(-1) };
}
