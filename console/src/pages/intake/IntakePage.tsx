// A department's officer sends a file, finds earlier ones and their receipts, and gets templates.
import { DownloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { Link, useNavigate } from "react-router";
import { intake } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { saveFile } from "@/api/files";
import { queryKeys } from "@/api/queryKeys";
import { Upload_State as State, type Upload } from "@/gen/relief/v1/intake_service_pb";
import { Programme, ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { useText } from "@/locales";
import { DropZone } from "@/pages/intake/DropZone";
import { isWorking } from "@/pages/intake/data";
import { sendFile } from "@/pages/intake/sending";
import { StateTag } from "@/pages/intake/StateTag";
import { DataTable, type Column } from "@/parts/DataTable";
import { Empty, ErrorState, More, PanelSkeleton } from "@/parts/states";
import { programmeName } from "@/parts/tags";
import "./intake.css";

const DAYS = 3; // the hub's own, where it is not configured otherwise

function Templates() {
  const { t } = useText();
  const { message } = App.useApp();
  const download = useMutation({
    mutationFn: (programme: Programme) => intake.downloadTemplate({ programme, facts: programme === Programme.PROGRAMME_UNSPECIFIED }),
    onSuccess: (file) => saveFile(file.fileName, file.contentType, file.content),
    onError: (error) => message.error(t("intake.templateFailed", { message: messageOf(error) }), 8),
  });
  const programmes: Programme[] = [
    ...ProgrammeSchema.values.map(({ number }) => number).filter((number) => number !== 0),
    Programme.PROGRAMME_UNSPECIFIED,
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("intake.templates")}</h2>
      </div>
      <div className="panel-body">
        <p className="quiet hint">{t("intake.templatesHint")}</p>
        <div className="template-list">
          {programmes.map((programme) => (
            <Button
              key={programme}
              size="small"
              icon={<DownloadOutlined />}
              loading={download.isPending && download.variables === programme}
              onClick={() => download.mutate(programme)}
            >
              {programme === Programme.PROGRAMME_UNSPECIFIED ? t("intake.facts") : programmeName(programme)}
            </Button>
          ))}
        </div>
      </div>
    </section>
  );
}

function resultOf(upload: Upload, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (upload.state !== State.LOADED) return "";
  const sum = (pick: (outcome: NonNullable<Upload["tables"][number]["outcome"]>) => bigint) =>
    upload.tables.reduce((all, { outcome }) => all + (outcome ? pick(outcome) : 0n), 0n);
  return [
    `${t("intake.accepted")} ${count(sum(({ accepted }) => accepted))}`,
    `${t("intake.rejected")} ${count(sum(({ rejected }) => rejected))}`,
  ].join(" · ");
}

function History() {
  const { t } = useText();
  const navigate = useNavigate();
  const list = useInfiniteQuery({
    queryKey: queryKeys.uploads.list,
    queryFn: ({ pageParam, signal }) => intake.listUploads({ pageSize: 20, pageToken: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.uploads.some(isWorking)) ? 2000 : false),
  });
  const columns: Column<Upload>[] = [
    { title: t("intake.time"), className: "nowrap", render: ({ createTime }) => timeText(createTime) },
    {
      title: t("intake.file"),
      render: ({ uploadId, fileName }) => (
        <Link className="cell" to={`/intake/${uploadId}`}>
          {fileName}
        </Link>
      ),
    },
    {
      title: t("intake.programme"),
      render: ({ tables }) =>
        [...new Set(tables.map(({ programme }) => programmeName(programme) || t("intake.facts")))].join(t("common.listSeparator")),
    },
    { title: t("intake.source"), className: "code", render: ({ tables }) => tables.map(({ sourceId }) => sourceId).join(" ") },
    { title: t("intake.state"), render: ({ state }) => <StateTag state={state} /> },
    { title: t("intake.result"), render: (upload) => resultOf(upload, t) },
  ];
  const uploads = list.data?.pages.flatMap((page) => page.uploads) ?? [];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("intake.history")}</h2>
      </div>
      {list.isPending ? (
        <PanelSkeleton rows={4} />
      ) : !list.data ? (
        <ErrorState error={list.error} retry={() => void list.refetch()} />
      ) : uploads.length === 0 ? (
        <Empty title={t("intake.noHistory")} hint={t("intake.noHistoryHint")} />
      ) : (
        <>
          <DataTable
            caption={t("intake.history")}
            columns={columns}
            rows={uploads}
            keyOf={({ uploadId }) => uploadId}
            open={({ uploadId }) => void navigate(`/intake/${uploadId}`)}
          />
          <More
            shown={uploads.length}
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            load={() => void list.fetchNextPage()}
          />
        </>
      )}
    </section>
  );
}

function IntakePage() {
  const { t } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const failed = (error: unknown) => message.error(t("intake.sendFailed", { message: messageOf(error) }), 8);
  const begin = useMutation({
    mutationFn: async (file: File) => {
      if (file.size === 0) throw new Error(t("intake.empty"));
      return { file, upload: await intake.beginUpload({ fileName: file.name, sizeBytes: BigInt(file.size) }) };
    },
    onSuccess: ({ file, upload }) => {
      const { uploadId } = upload;
      client.setQueryData(queryKeys.uploads.one(uploadId), upload);
      void sendFile(uploadId, file)
        .catch(failed)
        .finally(() => void client.invalidateQueries({ queryKey: queryKeys.uploads.all }));
      void navigate(`/intake/${uploadId}`);
    },
    onError: failed,
  });
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("intake.title")}</h1>
        <span className="lead">{t("intake.lead")}</span>
      </div>
      <div className="side-by-side above">
        <DropZone
          title={t("intake.drop")}
          hint={t("intake.dropHint", { days: DAYS })}
          busy={begin.isPending}
          take={(file) => begin.mutate(file)}
        />
        <Templates />
      </div>
      <History />
    </div>
  );
}

export { IntakePage as Component };
