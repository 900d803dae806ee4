// What is to be done with a file now.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Modal } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { intake } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { saveFile } from "@/api/files";
import { queryKeys } from "@/api/queryKeys";
import { TableReading, UploadChange_Kind, Upload_State as State, Upload_StateSchema, type Upload } from "@/gen/relief/v1/intake_service_pb";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { Answers } from "@/pages/intake/Answers";
import { isWorking, sentence } from "@/pages/intake/data";
import { answersOf, draftOf, isSame } from "@/pages/intake/draft";
import { Forecast } from "@/pages/intake/Forecast";
import { Receiving, Working } from "@/pages/intake/Progressing";
import { TableCard } from "@/pages/intake/TableCard";

// A step that the hub takes: its answer is shown at once.
function useStep(upload: Upload) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (step: () => Promise<Upload>) => step(),
    onSuccess: (answered) => {
      client.setQueryData(queryKeys.uploads.one(upload.uploadId), answered);
      void client.invalidateQueries({ queryKey: queryKeys.uploads.list });
    },
    onError: (error) => {
      message.error(t("intake.failed", { message: messageOf(error) }), 8);
      void client.invalidateQueries({ queryKey: queryKeys.uploads.one(upload.uploadId) });
    },
  });
}

function DiscardButton({ upload, step }: { upload: Upload; step: ReturnType<typeof useStep> }) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("intake.discard")}</Button>
      <Modal
        open={asking}
        title={t("intake.discardTitle")}
        okText={t("intake.discard")}
        cancelText={t("common.cancel")}
        okButtonProps={{ danger: true }}
        confirmLoading={step.isPending}
        onOk={() => step.mutate(() => intake.discardUpload({ uploadId: upload.uploadId }))}
        onCancel={() => setAsking(false)}
      >
        <p>{t("intake.discardText")}</p>
      </Modal>
    </>
  );
}

// The hub would not have it; the file is as good as before.
function Refused({ upload, title }: { upload: Upload; title: string }) {
  if (!upload.failure) return null;
  return <Alert className="above" type="error" showIcon title={title} description={sentence(upload.failure)} />;
}

function SheetsLeft({ upload }: { upload: Upload }) {
  const { t } = useText();
  if (upload.sheetsLeft.length === 0) return null;
  return (
    <Alert
      className="above"
      type="info"
      showIcon
      title={t("intake.sheetsLeft")}
      description={
        <ul className="questions">
          {upload.sheetsLeft.map(({ title, why }) => (
            <li key={title}>
              {title}：{sentence(why)}
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Confirming({ upload, step }: { upload: Upload; step: ReturnType<typeof useStep> }) {
  const { t } = useText();
  const said = draftOf(upload);
  const [draft, setDraft] = useState(said);
  const dirty = !isSame(draft, said);
  const open = upload.tables.some(({ questions }) => questions.some(({ mustAnswer }) => mustAnswer));
  const { uploadId } = upload;
  return (
    <>
      <Refused upload={upload} title={t("intake.notTried")} />
      <SheetsLeft upload={upload} />
      <Answers upload={upload} draft={draft} change={setDraft} />
      {upload.tables.map((table, index) => (
        <TableCard key={index} upload={upload} table={table} index={index} draft={draft} change={setDraft} />
      ))}
      <div className="step-bar">
        <span className="quiet">{dirty ? t("intake.dirtyHint") : t("intake.confirmHint")}</span>
        <DiscardButton upload={upload} step={step} />
        <Button
          type={dirty ? "primary" : "default"}
          disabled={!dirty}
          loading={step.isPending && dirty}
          onClick={() => step.mutate(() => intake.answerUpload({ uploadId, answers: answersOf(draft) }))}
        >
          {t("intake.readAgain")}
        </Button>
        <Button
          type={dirty ? "default" : "primary"}
          disabled={dirty || open}
          loading={step.isPending && !dirty}
          onClick={() => step.mutate(() => intake.tryUpload({ uploadId }))}
        >
          {t("intake.confirm")}
        </Button>
      </div>
    </>
  );
}

function RejectedRows({ upload }: { upload: Upload }) {
  const { t } = useText();
  const { message } = App.useApp();
  const download = useMutation({
    mutationFn: () => intake.downloadRejectedRows({ uploadId: upload.uploadId }),
    onSuccess: (file) => {
      saveFile(file.fileName, file.contentType, file.content);
      if (file.rowsLeftOut > 0n) message.warning(t("intake.rowsLeftOut", { n: count(file.rowsLeftOut) }), 10);
    },
    onError: (error) => message.error(t("intake.templateFailed", { message: messageOf(error) }), 8),
  });
  if (!upload.rejectedRows) return null;
  return (
    <div className="row above">
      <Button loading={download.isPending} onClick={() => download.mutate()}>
        {t("intake.saveRejected")}
      </Button>
      <span className="quiet small">{t("intake.saveRejectedHint", { time: timeText(upload.expireTime) })}</span>
    </div>
  );
}

function Tried({ upload, step, edit }: { upload: Upload; step: ReturnType<typeof useStep>; edit: () => void }) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const { uploadId, tables } = upload;
  const again = tables.some(({ changes }) => changes.some(({ kind }) => kind === UploadChange_Kind.SAME_CONTENT));
  const records = tables.reduce((sum, { outcome }) => sum + (outcome?.wouldSend ?? 0n), 0n);
  const hasReading = (reading: TableReading) => tables.some((table) => table.reading === reading);
  return (
    <>
      <Refused upload={upload} title={t("intake.refused")} />
      <h2 className="above">{t("intake.tried")}</h2>
      <RejectedRows upload={upload} />
      {upload.result && <Forecast result={upload.result} />}
      {tables.map((table, index) => (
        <TableCard key={index} upload={upload} table={table} index={index} />
      ))}
      <div className="step-bar">
        <span />
        <DiscardButton upload={upload} step={step} />
        <Button onClick={edit}>{t("intake.edit")}</Button>
        <Button type="primary" disabled={records === 0n} onClick={() => setAsking(true)}>
          {t(again ? "intake.loadAgain" : "intake.load")}
        </Button>
      </div>
      <Modal
        open={asking}
        title={t("intake.loadTitle")}
        okText={t(again ? "intake.loadAgain" : "intake.load")}
        cancelText={t("common.cancel")}
        confirmLoading={step.isPending}
        onOk={() => step.mutate(() => intake.loadUpload({ uploadId, again }))}
        onCancel={() => setAsking(false)}
      >
        <p>{t("intake.loadText", { n: count(records) })}</p>
        {hasReading(TableReading.TABLE_ROSTER) && <p>{t("intake.rosterText")}</p>}
        {hasReading(TableReading.TABLE_WITHDRAWAL) && <p>{t("intake.withdrawText")}</p>}
      </Modal>
    </>
  );
}

function Loaded({ upload }: { upload: Upload }) {
  const { t } = useText();
  return (
    <>
      <h2 className="above">{t("intake.receipt")}</h2>
      <RejectedRows upload={upload} />
      {upload.result && <Forecast result={upload.result} />}
      {upload.tables.map((table, index) => (
        <TableCard key={index} upload={upload} table={table} index={index} />
      ))}
    </>
  );
}

export function Stage({ upload }: { upload: Upload }) {
  const { t } = useText();
  const step = useStep(upload);
  const [editing, setEditing] = useState(false);
  if (upload.state === State.RECEIVING) return <Receiving upload={upload} />;
  if (isWorking(upload)) return <Working upload={upload} />;
  if (upload.state === State.ASKING || (upload.state === State.TRIED && editing)) return <Confirming upload={upload} step={step} />;
  if (upload.state === State.TRIED) return <Tried upload={upload} step={step} edit={() => setEditing(true)} />;
  if (upload.state === State.LOADED) return <Loaded upload={upload} />;
  return (
    <Alert
      type={upload.state === State.FAILED ? "error" : "info"}
      showIcon
      title={upload.state === State.FAILED ? t("intake.stateFailed") : word(Upload_StateSchema, upload.state)}
      description={
        <>
          {upload.failure && <p>{sentence(upload.failure)}</p>}
          <p>{t("intake.stateGoneHint")}</p>
          <Link to="/intake">{t("intake.back")}</Link>
        </>
      }
    />
  );
}
