// Deciding, and taking back. Tells everybody who listens: a toast for the eye, a live region for the ear.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf, troubleOf } from "@/api/errors";
import { review } from "@/api/clients";
import { Decision_Verdict, type Conflict } from "@/gen/relief/v1/review_service_pb";
import { named, t } from "@/locales";
import { forgetConflict, refreshAfterDecision } from "@/pages/review/data";

const STACK = ["undoStack"]; // of this login; emptied with the cache at the next

export type DecisionEvent =
  | { type: "decided"; verdict: Decision_Verdict; decisionId: string; text: string }
  | { type: "undone"; conflictId: string; text: string }
  | { type: "changed"; text: string }
  | { type: "failed"; text: string };

export function useDecide(tell: (event: DecisionEvent) => void) {
  const client = useQueryClient();
  client.setQueryDefaults(STACK, { gcTime: Infinity });
  const stack = () => client.getQueryData<string[]>(STACK) ?? [];

  const decide = useMutation({
    mutationFn: ({ conflict, verdict, comment }: { conflict: Conflict; verdict: Decision_Verdict; comment: string }) =>
      review.decideConflict({ conflictId: conflict.conflictId, verdict, comment, etag: conflict.etag }),
    onSuccess: (decision, { conflict, verdict }) => {
      client.setQueryData(STACK, [...stack(), decision.decisionId]);
      if (verdict !== Decision_Verdict.UNSURE) forgetConflict(client, conflict.conflictId);
      const text =
        verdict === Decision_Verdict.UNSURE
          ? t("review.unsureDecided")
          : t("review.decided", { verdict: named("verdict", Decision_Verdict[verdict]) });
      tell({ type: "decided", verdict, decisionId: decision.decisionId, text });
      refreshAfterDecision(client);
    },
    onError: (error) => {
      if (troubleOf(error) !== "changed") return tell({ type: "failed", text: t("review.failed", { message: messageOf(error) }) });
      refreshAfterDecision(client);
      tell({ type: "changed", text: t("review.changed") });
    },
  });

  const undo = useMutation({
    mutationFn: ({ decisionId, comment }: { decisionId: string; comment: string }) => review.undoDecision({ decisionId, comment }),
    onSuccess: (decision) => {
      client.setQueryData(STACK, stack().filter((id) => id !== decision.decisionId));
      tell({ type: "undone", conflictId: decision.conflictId, text: t("review.undone") });
      refreshAfterDecision(client);
    },
    onError: (error) => tell({ type: "failed", text: t("review.failed", { message: messageOf(error) }) }),
  });

  return { decide, undo, lastDecision: (): string | undefined => stack().at(-1) };
}
