// One table of a file: where it was found, which source it belongs to, and what is to be confirmed of it.
import { Alert, Select, Tag } from "antd";
import { Source_ContentSchema } from "@/gen/relief/v1/feed_service_pb";
import {
  TableReading,
  TableReadingSchema,
  UploadQuestion_Doubt,
  UploadQuestion_DoubtSchema,
  type Upload,
  type UploadTable,
} from "@/gen/relief/v1/intake_service_pb";
import { monthText } from "@/lib/dates";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { Columns } from "@/pages/intake/Columns";
import type { Draft } from "@/pages/intake/draft";
import { Outcome } from "@/pages/intake/Outcome";
import { FactsList, type Fact } from "@/parts/FactsList";
import { programmeName } from "@/parts/tags";

interface TableCardProps {
  upload: Upload;
  table: UploadTable;
  index: number;
  draft?: Draft; // while it is being confirmed
  change?: (draft: Draft) => void;
}

function Questions({ table }: { table: UploadTable }) {
  const { t } = useText();
  const asked = table.questions.filter(({ doubt, mustAnswer }) => mustAnswer || doubt !== UploadQuestion_Doubt.UNKNOWN_COLUMN);
  if (asked.length === 0) return null;
  const urgent = asked.some(({ mustAnswer }) => mustAnswer);
  return (
    <Alert
      className="above"
      showIcon
      type={urgent ? "warning" : "info"}
      title={t("intake.questions")}
      description={
        <ul className="questions">
          {asked.map(({ doubt, heading, mustAnswer }) => (
            <li key={`${doubt} ${heading}`}>
              <b>{word(UploadQuestion_DoubtSchema, doubt)}</b>
              {mustAnswer && <span className="late"> {t("intake.mustAnswer")}</span>}
              <div>{t(`intake.ask${doubt}`, { heading })}</div>
            </li>
          ))}
        </ul>
      }
    />
  );
}

export function Changes({ table }: { table: UploadTable }) {
  const { t } = useText();
  if (table.changes.length === 0) return null;
  return (
    <Alert
      className="above"
      showIcon
      type="warning"
      title={t("intake.changes")}
      description={
        <ul className="questions">
          {table.changes.map(({ kind, before, now }) => (
            <li key={`${kind} ${before} ${now}`}>{t(`intake.change${kind}`, { before, now })}</li>
          ))}
        </ul>
      }
    />
  );
}

export function TableCard({ upload, table, index, draft, change }: TableCardProps) {
  const { t } = useText();
  const target = draft?.targets[index];
  const retarget = (values: Partial<{ sourceId: string; reading: TableReading }>) => {
    if (!draft || !change) return;
    const targets = upload.tables.map((one, i) => draft.targets[i] ?? { sourceId: one.sourceId, reading: one.reading });
    targets[index] = { ...targets[index], ...values };
    change({ ...draft, targets });
  };
  const sources = [...new Set([...table.sourceIds, table.sourceId].filter((id) => id !== ""))];
  const reading = target?.reading ?? table.reading;
  const facts: Fact[] = [
    [t("intake.programme"), programmeName(table.programme) || word(Source_ContentSchema, table.content)],
    [
      t("intake.source"),
      draft && table.sourceId ? (
        <Select
          size="small"
          className="source-select"
          aria-label={t("intake.source")}
          value={target?.sourceId || table.sourceId}
          onChange={(sourceId) => retarget({ sourceId })}
          options={sources.map((id) => ({
            value: id,
            label: table.sourceIds.includes(id) ? id : t("intake.newSource", { id }),
          }))}
        />
      ) : (
        <span className="code">{table.sourceId}</span>
      ),
    ],
    [
      t("intake.reading_"),
      draft ? (
        <>
          <Select
            size="small"
            className="source-select"
            aria-label={t("intake.reading_")}
            value={reading}
            onChange={(value) => retarget({ reading: value })}
            options={TableReadingSchema.values
              .filter(({ number }) => number !== 0)
              .map(({ number }) => ({ value: number, label: word(TableReadingSchema, number) }))}
          />
          <div className="quiet small">{t(`intake.reading_${reading}`)}</div>
        </>
      ) : (
        word(TableReadingSchema, reading)
      ),
    ],
    [t("intake.period"), table.period ? monthText(table.period) : ""],
    [t("intake.sheets"), table.titles.join(t("common.listSeparator"))],
  ];
  return (
    <section className="panel above">
      <div className="panel-head">
        <h2>{programmeName(table.programme) || word(Source_ContentSchema, table.content) || t("intake.questions")}</h2>
        <span className="quiet small">{t("intake.headerLine", { n: String(table.headerLine) })}</span>
        {table.known && <Tag color="green">{t("intake.known")}</Tag>}
        {table.newSource && table.sourceId && !table.outcome?.endTime && <Tag>{t("intake.newSourceHint")}</Tag>}
      </div>
      <div className="panel-body">
        {draft && <Questions table={table} />}
        <Changes table={table} />
        <FactsList facts={facts} />
        {table.outcome && !draft && <Outcome outcome={table.outcome} />}
        {draft ? (
          <Columns
            columns={table.columns}
            uses={upload.uses}
            told={draft.columns}
            tell={change && ((heading, use) => change({ ...draft, columns: { ...draft.columns, [heading]: use } }))}
          />
        ) : (
          <details className="twin">
            <summary>{t("intake.columns")}</summary>
            <Columns columns={table.columns} uses={upload.uses} told={{}} />
          </details>
        )}
      </div>
    </section>
  );
}
