// 救助链: everything that all programmes give one person, the household, what the rules found, and how the hub knows that the
// records are one person's.
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, DatePicker } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useSession } from "@/session/session";
import { Purpose_KindSchema, type Person } from "@/gen/relief/v1/registry_service_pb";
import { useHubDay } from "@/api/hubDay";
import { ageOn, dateText } from "@/lib/dates";
import { variantsOf } from "@/lib/variants";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { DueMark, findingTitle } from "@/parts/findings";
import { HouseholdPanel } from "@/pages/person/HouseholdPanel";
import { Identity } from "@/pages/person/Identity";
import { LinksPanel } from "@/pages/person/LinksPanel";
import { LookupForm } from "@/pages/person/LookupForm";
import { lookupQuery, readLookup, type Lookup } from "@/pages/person/lookup";
import { Empty, ErrorState, PanelSkeleton } from "@/parts/states";
import { KindTag, SeverityMark } from "@/parts/tags";
import { Timeline } from "@/parts/Timeline";
import "./person.css";

function Heading({ person }: { person: Person }) {
  const { t } = useText();
  const name = variantsOf(person.records).find(({ field }) => field === "name")?.variants[0].value;
  const birth = person.records.find((record) => record.person?.birthDate?.year)?.person?.birthDate;
  const day = useHubDay();
  const age = birth && day ? ageOn(birth, day) : null;
  return (
    <div className="person-heading">
      <h2>{name ?? t("person.unknownName")}</h2>
      {age !== null && <span>{t("person.age", { n: age })}</span>}
      <span className="quiet code">{person.personId}</span>
      <span className="quiet">{t("review.records", { n: person.records.length })}</span>
    </div>
  );
}

function Findings({ person }: { person: Person }) {
  const { t } = useText();
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("person.findings")}</h2>
      </div>
      <div className="panel-body">
        {person.findings.length === 0 ? (
          <p className="quiet hint">{t("person.noFindings")}</p>
        ) : (
          <ul className="finding-list">
            {person.findings.map((finding) => (
              <li key={finding.findingId}>
                <KindTag kind={finding.kind} />
                <Link className="cell" to={`/findings/${encodeURIComponent(finding.findingId)}`}>
                  {findingTitle(finding)}
                </Link>
                <SeverityMark severity={finding.severity} />
                <span className="end">
                  <DueMark finding={finding} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function PersonView({ lookup }: { lookup: Lookup }) {
  const { t } = useText();
  const { may, session } = useSession();
  const day = useHubDay();
  const [, setParams] = useSearchParams();
  const query = useQuery(lookupQuery(lookup));
  if (query.isPending)
    return (
      <section className="panel">
        <PanelSkeleton rows={10} />
      </section>
    );
  if (!query.data)
    return (
      <section className="panel">
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      </section>
    );
  const person = query.data;
  const at = (day: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.set("id", person.personId);
      if (day) next.set("at", day);
      else next.delete("at");
      return next;
    });
  return (
    <>
      <div className="page-head">
        <Heading person={person} />
        <span className="lead" />
        <label className="quiet as-known">
          {t("person.asKnownAt")}
          <DatePicker
            value={lookup.at ? dayjs(lookup.at) : null}
            onChange={(day) => at(day ? day.format("YYYY-MM-DD") : "")}
            placeholder={t("person.now")}
            aria-label={t("person.asKnownAt")}
          />
        </label>
        <Button className="no-print" onClick={() => window.print()}>
          {t("gaps.print")}
        </Button>
      </div>
      <p className="print-only small">
        {[
          day && `${t("gaps.asOf")} ${dateText(day)}`,
          `${t("gaps.printedBy")} ${session.user}`,
          `${t("person.purpose")} ${word(Purpose_KindSchema, lookup.purpose.kind)}`,
          lookup.purpose.caseNumber && `${t("person.caseNumber")} ${lookup.purpose.caseNumber}`,
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {lookup.at && <Alert type="info" showIcon title={t("person.pastView", { day: lookup.at })} className="above" />}
      {person.conflictIds.length > 0 && (
        <Alert
          type="warning"
          showIcon
          className="above"
          title={t("person.conflicts", { n: person.conflictIds.length })}
          action={
            may("review") && (
              <Link className="cell" to={`/review?case=${encodeURIComponent(person.conflictIds[0])}`}>
                {t("person.openConflict")}
              </Link>
            )
          }
        />
      )}
      <section className="panel timeline-panel above">
        <div className="panel-head">
          <h2>{t("person.chain")}</h2>
        </div>
        <div className="panel-body">
          {person.records.length > 0 ? (
            <Timeline entries={person.records.map((record) => ({ record }))} />
          ) : (
            <p className="quiet">{t("benefit.empty")}</p>
          )}
        </div>
      </section>
      <div className="side-by-side">
        <div>
          <Identity records={person.records} />
          {!lookup.at && <LinksPanel personId={person.personId} purpose={lookup.purpose} />}
        </div>
        <div>
          <Findings person={person} />
          {!lookup.at && <HouseholdPanel personId={person.personId} purpose={lookup.purpose} />}
        </div>
      </div>
    </>
  );
}

function PersonPage() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const lookup = readLookup(params);
  const [asking, setAsking] = useState(false);
  const shown = asking || !lookup;
  return (
    <div className="page person-page">
      <div className="page-head no-print">
        <h1>
          {t("person.title")} <span className="quiet subtitle">{t("person.subtitle")}</span>
        </h1>
        <span className="lead" />
        {lookup && !asking && <Button onClick={() => setAsking(true)}>{t("person.another")}</Button>}
      </div>
      {shown && (
        <LookupForm
          key={params.toString()}
          params={params}
          lookUp={(next) => {
            setAsking(false);
            setParams(next);
          }}
        />
      )}
      {lookup ? (
        <PersonView key={`${lookup.id} ${lookup.source} ${lookup.record}`} lookup={lookup} />
      ) : (
        <section className="panel">
          <Empty title={t("person.start")} hint={t("person.startHint")} />
        </section>
      )}
    </div>
  );
}

export { PersonPage as Component };
