// What a dry run found, or what became of a load: the receipt.
import { Alert } from "antd";
import { SnapshotResult_State } from "@/gen/relief/v1/feed_service_pb";
import type { UploadCellNote, UploadColumnCount, UploadOutcome, UploadRejection } from "@/gen/relief/v1/intake_service_pb";
import { timeText } from "@/lib/dates";
import { count } from "@/lib/money";
import { useText } from "@/locales";
import { sentence } from "@/pages/intake/data";
import { FactsList, type Fact } from "@/parts/FactsList";

function Rejections({ rejections }: { rejections: UploadRejection[] }) {
  const { t } = useText();
  return (
    <div className="wide">
      <table className="plain-table">
        <caption>{t("intake.rejections")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("intake.item")}</th>
            <th scope="col">{t("intake.why")}</th>
            <th scope="col" className="number">
              {t("intake.count")}
            </th>
            <th scope="col">{t("intake.lines")}</th>
          </tr>
        </thead>
        <tbody>
          {rejections.map((one) => (
            <tr key={`${one.field} ${one.why?.textEn}`}>
              <td>{sentence(one.label)}</td>
              <td>{sentence(one.why)}</td>
              <td className="number">{count(one.records)}</td>
              <td className="nowrap">
                {one.lines.join(t("common.listSeparator"))}
                {one.records > BigInt(one.lines.length) && " …"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellNotes({ notes }: { notes: UploadCellNote[] }) {
  const { t } = useText();
  return (
    <div className="wide">
      <table className="plain-table">
        <caption>{t("intake.cellNotes")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("intake.column")}</th>
            <th scope="col">{t("intake.what")}</th>
            <th scope="col" className="number">
              {t("intake.cells")}
            </th>
          </tr>
        </thead>
        <tbody>
          {notes.map((one) => (
            <tr key={`${one.heading} ${one.what?.textEn}`}>
              <td>{one.heading}</td>
              <td>{sentence(one.what)}</td>
              <td className="number">{count(one.cells)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ColumnCounts({ columns }: { columns: UploadColumnCount[] }) {
  const { t } = useText();
  return (
    <div className="wide">
      <table className="plain-table">
        <caption>{t("intake.columnCounts")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("intake.column")}</th>
            <th scope="col">{t("intake.use")}</th>
            {(["filled", "noted", "cellsLeftOut", "rejected"] as const).map((kind) => (
              <th key={kind} scope="col" className="number">
                {t(`intake.${kind}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map((one, index) => (
            <tr key={`${index} ${one.heading}`}>
              <td>{one.heading}</td>
              <td>{sentence(one.label)}</td>
              <td className="number">{count(one.filled)}</td>
              <td className="number">{count(one.noted)}</td>
              <td className="number">{count(one.leftOut)}</td>
              <td className="number">{count(one.rejected)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Outcome({ outcome }: { outcome: UploadOutcome }) {
  const { t } = useText();
  const others = (["totals", "notes", "headers", "blanks", "repeats", "notComputed"] as const)
    .filter((kind) => outcome[kind] > 0n)
    .map((kind) => t(`intake.${kind}`, { n: count(outcome[kind]) }))
    .join(t("common.listSeparator"));
  const figures: [string, bigint][] = outcome.dryRun
    ? [
        [t("intake.wouldSend"), outcome.wouldSend],
        [t("intake.rejected"), outcome.rejected],
      ]
    : [
        [t("intake.accepted"), outcome.accepted],
        [t("intake.duplicate"), outcome.duplicate],
        [t("intake.stale"), outcome.stale],
        [t("intake.rejected"), outcome.rejected],
      ];
  const facts: Fact[] = [
    [t("intake.rows"), count(outcome.rows)],
    [t("intake.otherRows"), others],
    ["", outcome.unnamedPeople > 0n ? t("intake.unnamed", { n: count(outcome.unnamedPeople) }) : ""],
    ["", outcome.notCovered > 0n ? t("intake.notCovered", { n: count(outcome.notCovered) }) : ""],
    ["", outcome.notWithdrawn > 0n ? t("intake.notWithdrawn", { n: count(outcome.notWithdrawn) }) : ""],
    ["", outcome.contentKnown ? t("intake.contentKnown") : ""],
    ["", outcome.valuesLeftOut > 0n ? t("intake.leftOut", { n: count(outcome.valuesLeftOut) }) : ""],
    [t("intake.begun"), outcome.dryRun ? "" : timeText(outcome.beginTime)],
    [t("intake.ended"), outcome.dryRun ? "" : timeText(outcome.endTime)],
  ];
  const { snapshot } = outcome;
  return (
    <>
      <dl className="figures">
        {figures.map(([name, value]) => (
          <div key={name} className="figure">
            <dt>{name}</dt>
            <dd>{count(value)}</dd>
          </div>
        ))}
      </dl>
      {snapshot && (
        <Alert
          className="above"
          showIcon
          type={snapshot.state === SnapshotResult_State.COMMITTED ? "info" : "warning"}
          title={t("intake.snapshot")}
          description={t(`intake.snapshot_${snapshot.state}`, { n: count(snapshot.ended) })}
        />
      )}
      <FactsList facts={facts} />
      {outcome.columns.length > 0 && <ColumnCounts columns={outcome.columns} />}
      {outcome.rejections.length > 0 && <Rejections rejections={outcome.rejections} />}
      {outcome.cellNotes.length > 0 && <CellNotes notes={outcome.cellNotes} />}
    </>
  );
}
