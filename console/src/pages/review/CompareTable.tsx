import { Button } from "antd";
import { useState } from "react";
import { Source_ContentSchema, Source_Content } from "@/gen/relief/v1/feed_service_pb";
import { FieldEvidence_LevelSchema } from "@/gen/relief/v1/registry_service_pb";
import type { FieldEvidence } from "@/gen/relief/v1/registry_service_pb";
import type { CaseRecord, FieldComparison } from "@/gen/relief/v1/review_service_pb";
import { useHubDay } from "@/api/hubDay";
import { compareRows, type CompareRow } from "@/lib/compare";
import { timeText } from "@/lib/dates";
import type { Piece } from "@/lib/diff";
import { regionName } from "@/lib/regions";
import { bitsText } from "@/lib/waterfall";
import { isNamed, sourceName } from "@/lib/sources";
import { useText } from "@/locales";
import { codeWord, fieldName, sideName, word } from "@/locales/words";
import { programmeName } from "@/parts/tags";

function Marked({ pieces, notes }: { pieces: Piece[]; notes: string[] }) {
  const { t } = useText();
  if (pieces.length === 0) return <span className="quiet">{t("fields.empty")}</span>;
  return (
    <>
      {pieces.map((piece, i) => (piece.changed ? <mark key={i}>{piece.text}</mark> : <span key={i}>{piece.text}</span>))}
      {notes.length > 0 && <span className="quiet note">{notes.join(" · ")}</span>}
    </>
  );
}

function Row({ row, oneIn }: { row: CompareRow; oneIn: number }) {
  const { t } = useText();
  const { compared } = row;
  return (
    <tr className={row.differs ? "differs" : undefined}>
      <th scope="row">
        {fieldName(row.field)}
        {row.differs && <span className="hidden-text"> {t("review.differs")}</span>}
      </th>
      <td>
        <Marked pieces={row.a} notes={row.noteA} />
      </td>
      <td>
        <Marked pieces={row.b} notes={row.noteB} />
      </td>
      <td className="agreement">
        {compared?.level && (
          <>
            <span className={compared.bits < 0 ? "bits against" : "bits for"}>{bitsText(compared.bits)}</span>
            {codeWord(FieldEvidence_LevelSchema, compared.level)}
            {oneIn >= 2 && <div className="quiet small">{t("review.oneIn", { n: Math.round(oneIn) })}</div>}
          </>
        )}
        {row.notes.map((note) => (
          <div key={note} className="small">
            {note}
          </div>
        ))}
      </td>
    </tr>
  );
}

// Where and when a record comes from: what its source is worth is part of the evidence.
function Heading({ side, mark, record }: { side: string; mark: string; record?: CaseRecord }) {
  const { t } = useText();
  return (
    <>
      <span className={`side-mark ${mark}`}>{side}</span>
      <span title={record?.sourceId}>
        {record?.programme ? programmeName(record.programme) : word(Source_ContentSchema, Source_Content.FACTS)}
      </span>
      <span className="code">{record?.record?.name?.recordId}</span>
      <div className="small">
        {[
          record && isNamed(record.sourceId) ? sourceName(record.sourceId) : "",
          record?.sourceRegion ? regionName(record.sourceRegion) : "",
          record?.recordTime ? t("review.receivedAt", { time: timeText(record.recordTime) }) : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </div>
    </>
  );
}

interface CompareTableProps {
  a?: CaseRecord;
  b?: CaseRecord;
  fields: readonly FieldComparison[];
  evidence: readonly FieldEvidence[];
}

export function CompareTable({ a, b, fields, evidence }: CompareTableProps) {
  const { t } = useText();
  const [all, setAll] = useState(false);
  const rows = compareRows(a?.record, b?.record, fields, useHubDay());
  const folded = rows.filter((row) => row.folded).length;
  return (
    <>
      <table className="plain-table compare">
        <caption className="hidden-text">{t("review.compare")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("review.field")}</th>
            <th scope="col">
              <Heading side={sideName("a")} mark="side-a" record={a} />
            </th>
            <th scope="col">
              <Heading side={sideName("b")} mark="side-b" record={b} />
            </th>
            <th scope="col">{t("review.agreement")}</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .filter((row) => all || !row.folded)
            .map((row) => (
              <Row key={row.field} row={row} oneIn={evidence.find((one) => one.field === row.field)?.oneIn ?? 0} />
            ))}
        </tbody>
      </table>
      {folded > 0 && (
        <div className="folded">
          {!all && <span className="quiet">{t("review.equalFolded", { n: folded })}</span>}
          <Button type="link" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {t(all ? "review.hideEqual" : "review.showEqual")}
          </Button>
        </div>
      )}
    </>
  );
}
