// A file that is being sent, or that the hub works on.
import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Progress } from "antd";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { Upload_State as State, Upload_StateSchema, type Upload } from "@/gen/relief/v1/intake_service_pb";
import { bytesText } from "@/lib/bytes";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { DropZone } from "@/pages/intake/DropZone";
import { sendFile, useSending } from "@/pages/intake/sending";

export function Receiving({ upload }: { upload: Upload }) {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const sending = useSending(upload.uploadId);
  const size = Number(upload.sizeBytes);
  const done = sending?.sent ?? Number(upload.receivedBytes);
  const values = { done: bytesText(BigInt(done)), all: bytesText(upload.sizeBytes) };
  const goOn = (file: File) => {
    if (file.name !== upload.fileName || file.size !== size) return void message.error(t("intake.otherFile"), 8);
    sendFile(upload.uploadId, file, done)
      .catch((error: unknown) => message.error(t("intake.sendFailed", { message: messageOf(error) }), 8))
      .finally(() => void client.invalidateQueries({ queryKey: queryKeys.uploads.all }));
  };
  const interrupted = !sending || sending.error !== null;
  return (
    <section className="panel">
      <div className="panel-body">
        <Progress
          percent={Math.floor((100 * done) / size)}
          status={interrupted ? "exception" : "active"}
          aria-label={t("intake.stepSend")}
        />
        {interrupted ? (
          <>
            <Alert
              className="above"
              type="warning"
              showIcon
              title={t("intake.interrupted")}
              description={t("intake.interruptedHint", values)}
            />
            <DropZone title={t("intake.goOn")} hint={upload.fileName} take={goOn} />
          </>
        ) : (
          <p className="quiet">{t("intake.sending", values)}</p>
        )}
      </div>
    </section>
  );
}

export function Working({ upload }: { upload: Upload }) {
  const { t } = useText();
  const doing = word(Upload_StateSchema, upload.state);
  return (
    <section className="panel">
      <div className="panel-body" role="status">
        <h2>{doing}</h2>
        <Progress percent={upload.percent} status="active" aria-label={doing} />
        {upload.state === State.TRYING && <p className="quiet">{t("intake.trying")}</p>}
        <p className="quiet">{t("intake.worksOn")}</p>
      </div>
    </section>
  );
}
