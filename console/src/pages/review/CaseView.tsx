import { WarningOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { troubleOf } from "@/api/errors";
import { useSession } from "@/app/session";
import type { Person, PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { Conflict_Kind, type Conflict } from "@/gen/relief/v1/review_service_pb";
import type { RecordName } from "@/gen/relief/v1/types_pb";
import { named, useText } from "@/locales";
import { CompareTable } from "@/pages/review/CompareTable";
import { personOfRecordQuery } from "@/pages/review/data";
import { ErrorState, PanelSkeleton } from "@/parts/states";
import { Timeline, type TimelineEntry } from "@/parts/Timeline";
import { Waterfall } from "@/parts/Waterfall";

function recordOf(person: Person | undefined, name: RecordName | undefined): PersonRecord | undefined {
  return person?.records.find((record) => record.name?.sourceId === name?.sourceId && record.name?.recordId === name?.recordId);
}

function PersonLine({ side, person, mayOpen }: { side: "a" | "b"; person: Person; mayOpen: boolean }) {
  const { t } = useText();
  return (
    <div className="person-line">
      <span className={`side-mark side-${side}`}>{t(side === "a" ? "review.sideA" : "review.sideB")}</span>
      <span className="quiet">{t("review.person")}</span>
      {mayOpen ? (
        <Link className="cell code" to={`/person?id=${encodeURIComponent(person.personId)}`}>{person.personId}</Link>
      ) : (
        <span className="code">{person.personId}</span>
      )}
      <span className="quiet">{t("review.records", { n: person.records.length })}</span>
    </div>
  );
}

function Sides({ conflict }: { conflict: Conflict }) {
  const { t } = useText();
  const { may } = useSession();
  const a = useQuery({ ...personOfRecordQuery(conflict.recordA!), enabled: may("person") });
  const b = useQuery({ ...personOfRecordQuery(conflict.recordB!), enabled: may("person") });
  if (!may("person")) return <section className="panel note-panel quiet">{t("review.hiddenPerson")}</section>;
  const failed = a.error ?? b.error;
  if (failed && !(a.data && b.data)) {
    return (
      <section className="panel">
        <ErrorState error={failed} retry={() => void Promise.all([a.refetch(), b.refetch()])} />
      </section>
    );
  }
  if (!a.data || !b.data) return <section className="panel"><PanelSkeleton rows={8} /></section>;
  const left = recordOf(a.data, conflict.recordA);
  const right = recordOf(b.data, conflict.recordB);
  const together = a.data.personId === b.data.personId;
  const entries: TimelineEntry[] = [
    ...a.data.records.map((record) => ({ record, side: "a" as const })),
    ...(together ? [] : b.data.records.map((record) => ({ record, side: "b" as const }))),
  ];
  return (
    <>
      <section className="panel">
        <div className="panel-head"><h2>{t("review.compare")}</h2></div>
        <div className="panel-body">
          {left && right && <CompareTable a={left} b={right} evidence={conflict.explanation?.fields ?? []} />}
        </div>
      </section>
      <section className="panel timeline-panel">
        <div className="panel-head"><h2>{t("review.timeline")}</h2></div>
        <div className="panel-body">
          <div className="person-lines">
            <PersonLine side="a" person={a.data} mayOpen={may("person")} />
            {!together && <PersonLine side="b" person={b.data} mayOpen={may("person")} />}
          </div>
          {entries.length > 0 ? <Timeline entries={entries} /> : <p className="quiet">{t("review.noBenefits")}</p>}
        </div>
      </section>
    </>
  );
}

export function CaseView({ conflict }: { conflict: Conflict }) {
  const { t, language } = useText();
  const explanation = conflict.explanation;
  return (
    <article className="case" data-conflict={conflict.conflictId} aria-label={`${named("conflictKind", Conflict_Kind[conflict.kind])} ${conflict.conflictId}`}>
      {explanation && (
        <section className="panel">
          <div className="panel-head">
            <h2>{named("conflictKind", Conflict_Kind[conflict.kind])}</h2>
            <span className="quiet code end">{explanation.modelVersion}</span>
          </div>
          <div className="panel-body">
            <p className="sentence">{language === "zh" ? explanation.sentenceZh : explanation.sentenceEn}</p>
            {explanation.vetoes.length > 0 && (
              <div className="vetoes">
                <WarningOutlined aria-hidden />
                <b>{t("review.vetoes")}</b>
                <ul>
                  {explanation.vetoes.map((veto) => <li key={veto}>{named("veto", veto)}</li>)}
                </ul>
              </div>
            )}
          </div>
        </section>
      )}
      <Sides conflict={conflict} />
      {explanation && (
        <section className="panel">
          <div className="panel-head">
            <h2>{t("review.waterfall")}</h2>
          </div>
          <div className="panel-body">
            <p className="quiet hint">{t("review.waterfallHint")}</p>
            <Waterfall explanation={explanation} />
          </div>
        </section>
      )}
    </article>
  );
}

export function isGone(error: unknown): boolean {
  return troubleOf(error) === "notFound";
}
