// Comments, claims, decisions and proposals on one case; anybody who may decide may comment.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, type InputRef } from "antd";
import { useState, type RefObject } from "react";
import { review } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { useSession } from "@/app/session";
import { CaseEvent_Kind as Kind, type CaseEvent } from "@/gen/relief/v1/review_service_pb";
import { timeText } from "@/lib/dates";
import { officerName } from "@/lib/officers";
import { named, useText } from "@/locales";
import { caseQuery } from "@/pages/review/data";

export function CaseHistory({ conflictId, events, box }: { conflictId: string; events: CaseEvent[]; box: RefObject<InputRef | null> }) {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const add = useMutation({
    mutationFn: () => review.addCaseComment({ conflictId, comment: text.trim() }),
    onSuccess: () => {
      setText("");
      void client.invalidateQueries({ queryKey: caseQuery(conflictId).queryKey });
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  const send = () => text.trim() !== "" && !add.isPending && add.mutate();
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("review.caseHistory")}</h2></div>
      <div className="panel-body">
        <ol className="history">
          {[...events].reverse().map((event) => (
            <li key={event.sequence.toString()} className={event.kind === Kind.REJECTED ? "strong" : event.kind === Kind.DECIDED ? "good" : undefined}>
              <div>
                {named("caseEvent", Kind[event.kind])}
                {event.detail && <span> · {event.kind === Kind.ASSIGNED ? officerName(event.detail) : named("verdict", event.detail)}</span>}
              </div>
              <div className="quiet small">{[timeText(event.time), officerName(event.actor) || t("referrals.byHub")].join(" · ")}</div>
              {event.comment && <div className="small">{event.comment}</div>}
            </li>
          ))}
        </ol>
        {may("decide") && (
          <div className="row comment-row">
            <Input ref={box} value={text} maxLength={500} onChange={(event) => setText(event.target.value)} onPressEnter={send} placeholder={t("review.addComment")} aria-label={t("review.addComment")} />
            <Button onClick={send} loading={add.isPending} disabled={text.trim() === ""}>{t("review.send")}</Button>
          </div>
        )}
      </div>
    </section>
  );
}
