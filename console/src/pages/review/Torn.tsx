// What a decision would tear apart: links by which the hub took the records for one person. Shown before it is proposed, and again to
// whoever approves it.
import { Alert } from "antd";
import type { Cluster_Link } from "@/gen/relief/v1/review_service_pb";
import { recordText } from "@/lib/sources";
import { bitsText } from "@/lib/waterfall";
import { count } from "@/lib/money";
import { useText } from "@/locales";

const SHOWN = 5;

export function Torn({ links }: { links: readonly Cluster_Link[] }) {
  const { t } = useText();
  if (links.length === 0) return null;
  return (
    <Alert
      className="torn"
      type="warning"
      title={t("review.torn", { n: count(links.length), bits: bitsText(links[0].bits) })}
      description={
        <ul>
          {links.slice(0, SHOWN).map((link) => (
            <li key={`${recordText(link.recordA)} ${recordText(link.recordB)}`}>
              <span className="code">
                {recordText(link.recordA)} — {recordText(link.recordB)}
              </span>{" "}
              <b className="nowrap">{t("common.bits", { n: bitsText(link.bits) })}</b>
            </li>
          ))}
          {links.length > SHOWN && <li className="quiet">+ {links.length - SHOWN}</li>}
        </ul>
      }
    />
  );
}
