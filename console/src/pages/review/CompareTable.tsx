import { Button } from "antd";
import { useState } from "react";
import type { FieldEvidence, PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { compareRows, type CompareRow } from "@/lib/compare";
import { diff, type Piece } from "@/lib/diff";
import { bitsText } from "@/lib/waterfall";
import { named, useText } from "@/locales";

function Marked({ pieces, note }: { pieces: Piece[]; note?: string }) {
  const { t } = useText();
  if (pieces.length === 0) return <span className="quiet">{t("fields.empty")}</span>;
  return (
    <>
      {pieces.map((piece, i) => (piece.changed ? <mark key={i}>{piece.text}</mark> : <span key={i}>{piece.text}</span>))}
      {note && <span className="quiet note">{note}</span>}
    </>
  );
}

function Row({ row }: { row: CompareRow }) {
  const { t } = useText();
  // Against nothing at all there is no character to mark.
  const both = row.a !== "" && row.b !== "";
  const { a, b, equal } = diff(row.a, row.b);
  const plain = (text: string): Piece[] => (text ? [{ text, changed: false }] : []);
  return (
    <tr className={both && !equal ? "differs" : undefined}>
      <th scope="row">
        {t(`fields.${row.field}`)}
        {both && !equal && <span className="hidden-text"> {t("review.differs")}</span>}
      </th>
      <td><Marked pieces={both ? a : plain(row.a)} note={row.noteA} /></td>
      <td><Marked pieces={both ? b : plain(row.b)} note={row.noteB} /></td>
      <td className="agreement">
        {row.evidence && (
          <>
            <span className={row.evidence.bits < 0 ? "bits against" : "bits for"}>{bitsText(row.evidence.bits)}</span>
            {named("level", row.evidence.level)}
            {row.evidence.oneIn >= 2 && <div className="quiet small">{t("review.oneIn", { n: Math.round(row.evidence.oneIn) })}</div>}
          </>
        )}
      </td>
    </tr>
  );
}

interface CompareTableProps {
  a: PersonRecord;
  b: PersonRecord;
  evidence: readonly FieldEvidence[];
}

export function CompareTable({ a, b, evidence }: CompareTableProps) {
  const { t } = useText();
  const [all, setAll] = useState(false);
  const rows = compareRows(a, b, evidence);
  const folded = rows.filter((row) => row.folded).length;
  const heading = (side: string, record: PersonRecord, mark: string) => (
    <>
      <span className={`side-mark ${mark}`}>{side}</span>
      <span className="code">{record.name?.sourceId}/{record.name?.recordId}</span>
    </>
  );
  return (
    <>
      <table className="plain-table compare">
        <caption className="hidden-text">{t("review.compare")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("review.field")}</th>
            <th scope="col">{heading(t("review.sideA"), a, "side-a")}</th>
            <th scope="col">{heading(t("review.sideB"), b, "side-b")}</th>
            <th scope="col">{t("review.agreement")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.filter((row) => all || !row.folded).map((row) => <Row key={row.field} row={row} />)}
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
