// The rules in force, and what the files on disk would change, seen before it happens.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useState } from "react";
import { admin } from "@/api/clients";
import { messageOf, sentenceOf } from "@/api/errors";
import { useSession } from "@/session/session";
import type { PreviewRulesResponse, RuleStatus } from "@/gen/relief/v1/admin_service_pb";
import { FindingEvent_Kind, FindingEvent_KindSchema } from "@/gen/relief/v1/finding_service_pb";
import { dateText } from "@/lib/dates";
import { count, money } from "@/lib/money";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { findingTitle } from "@/parts/findings";
import { KindTag, SeverityMark } from "@/parts/tags";

function Preview({ preview }: { preview: PreviewRulesResponse }) {
  const { t } = useText();
  if (preview.rules.length === 0) return <p className="quiet">{t("operations.nothingChanges")}</p>;
  return (
    <table className="plain-table">
      <caption className="hidden-text">{t("operations.preview")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("operations.ruleId")}</th>
          <th scope="col">{t("operations.ruleVersion")}</th>
          <th scope="col" className="number">
            {word(FindingEvent_KindSchema, FindingEvent_Kind.OPENED)}
          </th>
          <th scope="col" className="number">
            {t("operations.changes")}
          </th>
          <th scope="col" className="number">
            {t("operations.closes")}
          </th>
          <th scope="col" className="number">
            {t("operations.stays")}
          </th>
          <th scope="col" className="number">
            {t("findings.amount")}
          </th>
        </tr>
      </thead>
      <tbody>
        {preview.rules.map((rule) => (
          <tr key={rule.ruleId}>
            <th scope="row">
              <span className="code">{rule.ruleId}</span> {findingTitle(rule)}
            </th>
            <td className="nowrap">
              {rule.versionNow === 0
                ? t("operations.isNew")
                : rule.versionThen === 0
                  ? t("operations.isGone")
                  : `${rule.versionNow} → ${rule.versionThen}`}
            </td>
            <td className="number">{count(rule.opens)}</td>
            <td className="number">{count(rule.changes)}</td>
            <td className="number">{count(rule.closes)}</td>
            <td className="number quiet">{count(rule.stays)}</td>
            <td className="number">{money(rule.opensAmountFen)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ReloadDialog({ preview, close }: { preview: PreviewRulesResponse; close: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const reload = useMutation({
    mutationFn: () => admin.reloadRules({}, { timeoutMs: 600_000 }),
    onSuccess: ({ rules, opened, closed }) => {
      message.success(t("operations.reloaded", { rules, opened: count(opened), closed: count(closed) }), 8);
      void client.invalidateQueries();
      close();
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 12),
  });
  return (
    <Modal
      open
      width={820}
      title={t("operations.reloadTitle")}
      okText={t("operations.reload")}
      cancelText={t("common.cancel")}
      confirmLoading={reload.isPending}
      onOk={() => reload.mutate()}
      onCancel={close}
    >
      <p>{t("operations.reloadText")}</p>
      <Preview preview={preview} />
    </Modal>
  );
}

export function RulesPanel({ rules }: { rules: RuleStatus[] }) {
  const { t } = useText();
  const { may } = useSession();
  const { message } = App.useApp();
  const [preview, setPreview] = useState<PreviewRulesResponse | null>(null);
  const look = useMutation({
    mutationFn: () => admin.previewRules({}, { timeoutMs: 600_000 }),
    onSuccess: setPreview,
    onError: (error) => message.error(t("operations.rulesWrong", { message: sentenceOf(error) }), 12),
  });
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("operations.rulesInForce", { n: rules.length })}</h2>
        {may("reloadRules") && (
          <Button className="end" loading={look.isPending} onClick={() => look.mutate()}>
            {t("operations.preview")}
          </Button>
        )}
      </div>
      <div className="panel-body wide">
        <table className="plain-table">
          <caption className="hidden-text">{t("operations.rules")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("operations.ruleId")}</th>
              <th scope="col">{t("findings.kind")}</th>
              <th scope="col">{t("findings.severity")}</th>
              <th scope="col">{t("operations.ruleVersion")}</th>
              <th scope="col">{t("operations.effective")}</th>
              <th scope="col">{t("operations.basis")}</th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <tr key={rule.ruleId}>
                <th scope="row">
                  <span className="code">{rule.ruleId}</span> {findingTitle(rule)}
                  {rule.ofHousehold && <div className="quiet small">{t("operations.ofHousehold")}</div>}
                </th>
                <td>
                  <KindTag kind={rule.kind} />
                </td>
                <td>
                  <SeverityMark severity={rule.severity} />
                </td>
                <td>{rule.version}</td>
                <td className="nowrap">
                  {rule.effectiveFrom?.year || rule.effectiveTo?.year
                    ? `${dateText(rule.effectiveFrom)} – ${dateText(rule.effectiveTo)}`
                    : "—"}
                </td>
                <td>
                  <span lang="zh-CN">{rule.legalBasis}</span>
                  <div className={rule.basisConfirmed ? "small mark-ok" : "small mark-open"}>
                    {t(rule.basisConfirmed ? "findings.basisConfirmed" : "findings.basisUnconfirmed")}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {preview && <ReloadDialog preview={preview} close={() => setPreview(null)} />}
    </section>
  );
}
