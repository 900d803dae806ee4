// One file on its way: sent, understood and confirmed, tried, loaded; and its receipt.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { Upload_State as State } from "@/gen/relief/v1/intake_service_pb";
import { bytesText } from "@/lib/bytes";
import { timeText } from "@/lib/dates";
import { useText } from "@/locales";
import { sentence, uploadQuery } from "@/pages/intake/data";
import { Stage } from "@/pages/intake/Stage";
import { StateTag } from "@/pages/intake/StateTag";
import { ErrorState, PageSkeleton } from "@/parts/states";
import "./intake.css";

const STEPS = ["stepSend", "stepConfirm", "stepTry", "stepLoad"] as const;

function stepOf(state: State): number {
  if (state === State.RECEIVING) return 0;
  if (state === State.READING || state === State.ASKING) return 1;
  if (state === State.TRYING || state === State.TRIED) return 2;
  return state === State.LOADING || state === State.LOADED ? 3 : -1;
}

function Steps({ state }: { state: State }) {
  const { t } = useText();
  const at = stepOf(state);
  return (
    <ol className="upload-steps" aria-label={t("intake.steps")}>
      {STEPS.map((step, index) => {
        const done = index < at || state === State.LOADED;
        return (
          <li key={step} className={done ? "done" : index === at ? "here" : ""} aria-current={index === at ? "step" : undefined}>
            {t(`intake.${step}`)}
          </li>
        );
      })}
    </ol>
  );
}

function UploadPage() {
  const { uploadId = "" } = useParams();
  const query = useQuery(uploadQuery(uploadId));
  const { t } = useText();
  if (query.isPending) return <PageSkeleton />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const upload = query.data;
  return (
    <div className="page">
      <div className="page-head">
        <Link className="cell" to="/intake">
          {t("intake.back")}
        </Link>
        <h1>{upload.fileName}</h1>
        <StateTag state={upload.state} />
        <span className="lead quiet small">
          {bytesText(upload.sizeBytes)} {upload.format && `· ${sentence(upload.format)} `}· {timeText(upload.createTime)} · {t("intake.id")}{" "}
          <span className="code">{upload.uploadId}</span>
        </span>
      </div>
      <Steps state={upload.state} />
      {/* What was typed belongs to one reading of the file. */}
      <Stage key={`${uploadId} ${upload.state} ${upload.changeTime?.seconds} ${upload.changeTime?.nanos}`} upload={upload} />
    </div>
  );
}

export { UploadPage as Component };
