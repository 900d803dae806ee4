// One answer for several findings: which they are, what has been said of them, and then one after the other. What the hub refused stays
// chosen, with the reason.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Form, Modal, Progress } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { findings as service } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { Disposition_OutcomeSchema, Finding_State, type Finding } from "@/gen/relief/v1/finding_service_pb";
import { formDraft } from "@/lib/formDraft";
import { count, money } from "@/lib/money";
import { callerOf } from "@/lib/officers";
import { shortRegionName } from "@/lib/regions";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { AnswerFields, toDisposition, type AnswerValues } from "@/pages/findings/AnswerFields";
import { findingTitle } from "@/parts/findings";
import { useSession } from "@/session/session";

const DRAFT = "answers";

function Chosen({ rows, failed }: { rows: Finding[]; failed: ReadonlyMap<string, string> }) {
  const { t } = useText();
  return (
    <div className="bulk-rows" role="region" aria-label={t("findings.chosen", { n: rows.length })} tabIndex={0}>
      <table className="plain-table">
        <caption className="hidden-text">{t("findings.chosen", { n: rows.length })}</caption>
        <tbody>
          {rows.map((finding) => {
            const last = finding.dispositions.at(-1);
            return (
              <tr key={finding.findingId}>
                <td>
                  {findingTitle(finding)}
                  <div className="quiet small code">{finding.findingId}</div>
                  {failed.has(finding.findingId) && <div className="late small">{failed.get(finding.findingId)}</div>}
                </td>
                <td>{finding.regions.map(shortRegionName).join(t("common.listSeparator"))}</td>
                <td className="number">{money(finding.amountFen)}</td>
                <td>{last ? word(Disposition_OutcomeSchema, last.outcome) : <span className="quiet">{t("findings.waiting")}</span>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface BulkAnswerProps {
  chosen: Finding[];
  close: () => void;
  answered: (left: ReadonlySet<string>) => void; // the ids that the hub refused
}

export function BulkAnswer({ chosen, close, answered }: BulkAnswerProps) {
  const { t } = useText();
  const { session } = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<AnswerValues>();
  const [rows, setRows] = useState(() => chosen.filter(({ state }) => state !== Finding_State.CLOSED));
  const [done, setDone] = useState(0);
  const [failed, setFailed] = useState<ReadonlyMap<string, string>>(new Map());
  const draft = formDraft<AnswerValues>(DRAFT);
  const begun = draft.values();
  const mine = rows.filter(({ dispositions }) => dispositions.some(({ agency }) => agency === callerOf(session.user))).length;
  const total = rows.reduce((sum, { amountFen }) => sum + amountFen, 0n);
  const answer = useMutation({
    mutationFn: async (values: AnswerValues) => {
      const refused = new Map<string, string>();
      setDone(0);
      for (const [i, { findingId }] of rows.entries()) {
        try {
          await service.addDisposition({ findingId, disposition: toDisposition(values) });
        } catch (error) {
          refused.set(findingId, messageOf(error));
        }
        setDone(i + 1);
      }
      return refused;
    },
    onSuccess: (refused) => {
      void client.invalidateQueries({ queryKey: queryKeys.findings.all });
      void client.invalidateQueries({ queryKey: queryKeys.gaps.all });
      answered(new Set(refused.keys()));
      const made = rows.length - refused.size;
      if (made > 0) message.success(t("findings.addedMany", { n: count(made) }));
      if (refused.size === 0) {
        draft.forget();
        return close();
      }
      setRows(rows.filter(({ findingId }) => refused.has(findingId)));
      setFailed(refused);
    },
  });
  return (
    <Modal
      open
      width={760}
      title={t("findings.addMany", { n: count(rows.length) })}
      okText={t("findings.submit")}
      cancelText={t("common.cancel")}
      okButtonProps={{ disabled: rows.length === 0 }}
      confirmLoading={answer.isPending}
      closable={!answer.isPending}
      mask={{ closable: false }}
      cancelButtonProps={{ disabled: answer.isPending }}
      onOk={() => form.submit()}
      onCancel={() => (draft.forget(), close())}
    >
      <p>
        {total > 0n && t("findings.chosenSum", { amount: money(total) })} {t("findings.toEach")}
        {chosen.length > rows.length && failed.size === 0 && (
          <span className="quiet"> {t("findings.closedLeftOut", { n: count(chosen.length - rows.length) })}</span>
        )}
      </p>
      {mine > 0 && failed.size === 0 && <Alert type="info" showIcon title={t("findings.supersedes", { n: count(mine) })} />}
      {failed.size > 0 && <Alert type="error" showIcon title={t("findings.refusedMany", { n: count(failed.size) })} />}
      <Chosen rows={rows} failed={failed} />
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ ...begun, until: begun.until ? dayjs(begun.until) : undefined }}
        onValuesChange={draft.keep}
        onFinish={(values) => answer.mutate(values)}
        className="answer-form"
      >
        <AnswerFields form={form} many />
      </Form>
      {answer.isPending && <Progress percent={Math.round((100 * done) / rows.length)} format={() => `${done} / ${rows.length}`} />}
    </Modal>
  );
}
