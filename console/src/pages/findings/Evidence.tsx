import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { personQuery } from "@/api/queries";
import { Source_ContentSchema, Source_Content } from "@/gen/relief/v1/feed_service_pb";
import { purposeOf } from "@/lib/purpose";
import { sourceName } from "@/lib/sources";
import { useSession } from "@/session/session";
import type { Evidence, Finding } from "@/gen/relief/v1/finding_service_pb";
import { Purpose_Kind } from "@/gen/relief/v1/registry_service_pb";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { ErrorState, PanelSkeleton } from "@/parts/states";
import { programmeName } from "@/parts/tags";
import { Timeline } from "@/parts/Timeline";

function Records({ evidence }: { evidence: Evidence[] }) {
  const { t } = useText();
  return (
    <table className="plain-table">
      <caption className="hidden-text">{t("findings.evidence")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("findings.programme")}</th>
          <th scope="col">{t("common.source")}</th>
          <th scope="col">{t("common.record")}</th>
        </tr>
      </thead>
      <tbody>
        {evidence.map(({ record, programme }) => (
          <tr key={`${record?.sourceId}/${record?.recordId}`}>
            <td>{programme ? programmeName(programme) : word(Source_ContentSchema, Source_Content.FACTS)}</td>
            <td title={record?.sourceId}>{sourceName(record?.sourceId ?? "")}</td>
            <td className="code">{record?.recordId}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// The person's benefits with those in evidence marked. Looked up for the purpose of verifying this very finding.
function Benefits({ finding }: { finding: Finding }) {
  const { t } = useText();
  const query = useQuery(personQuery(finding.personId, purposeOf(Purpose_Kind.FINDING, finding.findingId)));
  if (query.isPending) return <PanelSkeleton rows={4} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const named = new Set(finding.evidence.map(({ record }) => `${record?.sourceId}/${record?.recordId}`));
  const entries = query.data.records.map((record) => ({
    record,
    marked: named.has(`${record.name?.sourceId}/${record.name?.recordId}`),
  }));
  return entries.length > 0 ? <Timeline entries={entries} /> : <p className="quiet">{t("benefit.empty")}</p>;
}

export function EvidencePanel({ finding }: { finding: Finding }) {
  const { t } = useText();
  const { may } = useSession();
  const person = `/person?id=${encodeURIComponent(finding.personId)}&purpose=FINDING&case=${encodeURIComponent(finding.findingId)}`;
  return (
    <section className="panel timeline-panel">
      <div className="panel-head">
        <h2>{t("findings.evidence")}</h2>
        {may("person") && (
          <Link className="cell end" to={person}>
            {t("findings.openPerson")}
          </Link>
        )}
      </div>
      <div className="panel-body">
        {may("person") ? (
          <>
            <p className="quiet hint">{t("findings.evidenceHint")}</p>
            <Benefits finding={finding} />
            <details className="twin">
              <summary>{t("findings.evidenceRecords", { n: finding.evidence.length })}</summary>
              <Records evidence={finding.evidence} />
            </details>
          </>
        ) : (
          <Records evidence={finding.evidence} />
        )}
        {finding.householdPersonIds.length > 0 && (
          <p className="quiet hint">{t("findings.household", { n: finding.householdPersonIds.length })}</p>
        )}
      </div>
    </section>
  );
}
