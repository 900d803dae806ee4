// Comments, claims, decisions and proposals on one case; anybody who may decide may comment.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, type InputRef } from "antd";
import type { RefObject } from "react";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { useSession } from "@/session/session";
import { CaseEvent_Kind as Kind, type CaseEvent, CaseEvent_KindSchema, Decision_VerdictSchema } from "@/gen/relief/v1/review_service_pb";
import { officerName } from "@/lib/officers";
import { useDraft } from "@/lib/useDraft";
import { useText } from "@/locales";
import { codeWord, word } from "@/locales/words";
import { caseQuery } from "@/pages/review/data";
import { HistoryList, type HistoryEntry } from "@/parts/History";

function entryOf({ sequence, kind, time, actor, detail, comment }: CaseEvent): HistoryEntry {
  return {
    key: sequence.toString(),
    title: word(CaseEvent_KindSchema, kind),
    time,
    actor,
    details: [kind === Kind.ASSIGNED ? officerName(detail) : detail && codeWord(Decision_VerdictSchema, detail)],
    note: comment,
    tone: kind === Kind.REJECTED ? "strong" : kind === Kind.DECIDED || kind === Kind.APPROVED ? "good" : undefined,
  };
}

export function CaseHistory({ conflictId, events, box }: { conflictId: string; events: CaseEvent[]; box: RefObject<InputRef | null> }) {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [text, setText, forget] = useDraft(`note/${conflictId}`, "");
  const add = useMutation({
    mutationFn: () => review.addCaseComment({ conflictId, comment: text.trim() }),
    onSuccess: () => {
      forget();
      box.current?.blur(); // so that the next key is not typed into it
      void client.invalidateQueries({ queryKey: caseQuery(conflictId).queryKey });
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  const send = () => text.trim() !== "" && !add.isPending && add.mutate();
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("review.caseHistory")}</h2>
      </div>
      <div className="panel-body">
        <HistoryList entries={events.map(entryOf)} />
        {may("decide") && (
          <div className="row comment-row">
            <Input
              ref={box}
              value={text}
              maxLength={500}
              onChange={(event) => setText(event.target.value)}
              onPressEnter={send}
              placeholder={t("review.addComment")}
              aria-label={t("review.addComment")}
            />
            <Button onClick={send} loading={add.isPending} disabled={text.trim() === ""}>
              {t("review.send")}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}
