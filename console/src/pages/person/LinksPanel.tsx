// How the hub came to take these records for one person: a tree of links, the weakest first.
import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { useState } from "react";
import {
  MatchExplanation_Outcome as Outcome,
  type MatchExplanation,
  type Purpose,
  MatchExplanation_OutcomeSchema,
} from "@/gen/relief/v1/registry_service_pb";
import type { PersonExplanation_Link } from "@/gen/relief/v1/review_service_pb";
import type { RecordName } from "@/gen/relief/v1/types_pb";
import { bitsText } from "@/lib/waterfall";
import { recordText } from "@/lib/sources";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { linksQuery } from "@/pages/person/lookup";
import { ErrorState, PanelSkeleton } from "@/parts/states";
import { Waterfall } from "@/parts/Waterfall";

const nameOf = (record?: RecordName) => recordText(record);

function LinkItem({ link, weakest }: { link: PersonExplanation_Link; weakest: boolean }) {
  const { t, language } = useText();
  const [open, setOpen] = useState(false); // a drawing for each of fifty links would be slow
  const explanation: MatchExplanation | undefined = link.explanation;
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="link-bits">{t("common.bits", { n: bitsText(explanation?.totalBits ?? 0) })}</span>
          <span>{nameOf(link.recordA)}</span>
          <span aria-hidden="true"> — </span>
          <span>{nameOf(link.recordB)}</span>
          {weakest && <Tag color="gold">{t("person.weakest")}</Tag>}
          {explanation?.outcome === Outcome.SAME_BY_OFFICER && (
            <Tag color="blue">{word(MatchExplanation_OutcomeSchema, Outcome.SAME_BY_OFFICER)}</Tag>
          )}
          <span className="quiet small sentence-line">{language === "zh" ? explanation?.sentenceZh : explanation?.sentenceEn}</span>
        </summary>
        {open && explanation && <Waterfall explanation={explanation} />}
      </details>
    </li>
  );
}

export function LinksPanel({ personId, purpose }: { personId: string; purpose: Purpose }) {
  const { t } = useText();
  const query = useQuery(linksQuery(personId, purpose));
  const body = () => {
    if (query.isPending) return <PanelSkeleton rows={3} />;
    if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
    const { links } = query.data;
    if (links.length === 0) return <p className="quiet hint">{t("person.singleRecord")}</p>;
    return (
      <>
        <p className="quiet hint">{t("person.linksHint")}</p>
        <ol className="links">
          {links.map((link, i) => (
            <LinkItem key={`${nameOf(link.recordA)} ${nameOf(link.recordB)}`} link={link} weakest={i === 0 && links.length > 1} />
          ))}
        </ol>
      </>
    );
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("person.links")}</h2>
      </div>
      <div className="panel-body">{body()}</div>
    </section>
  );
}
