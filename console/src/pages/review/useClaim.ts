// Taking a case, and giving it back: a courtesy to colleagues, not a lock.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import type { Conflict } from "@/gen/relief/v1/review_service_pb";
import { callerOf } from "@/lib/officers";
import { t } from "@/locales";

export function useClaim() {
  const client = useQueryClient();
  const { message } = App.useApp();
  const { session } = useSession();
  const mine = (conflict: Conflict | undefined) => conflict?.work?.claimedBy === callerOf(session.user);
  const claim = useMutation({
    mutationFn: (conflict: Conflict) =>
      mine(conflict)
        ? review.releaseConflict({ conflictId: conflict.conflictId })
        : review.claimConflict({ conflictId: conflict.conflictId }),
    onSuccess: (_, conflict) => {
      message.success(t(mine(conflict) ? "review.released" : "review.claimed"));
      void client.invalidateQueries({ queryKey: queryKeys.cases.one(conflict.conflictId) });
      void client.invalidateQueries({ queryKey: queryKeys.conflicts.all });
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  return { claim: claim.mutate, claiming: claim.isPending, mine };
}
