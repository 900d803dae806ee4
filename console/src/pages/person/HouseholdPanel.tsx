import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { Link, useSearchParams } from "react-router";
import type { Purpose } from "@/gen/relief/v1/registry_service_pb";
import { sourceName } from "@/lib/sources";
import { useText } from "@/locales";
import { findingTitle } from "@/parts/findings";
import { householdQuery, linkTo } from "@/pages/person/lookup";
import { ErrorState, PanelSkeleton } from "@/parts/states";

export function HouseholdPanel({ personId, purpose }: { personId: string; purpose: Purpose }) {
  const { t } = useText();
  const [params] = useSearchParams();
  const query = useQuery(householdQuery(personId, purpose));
  const body = () => {
    if (query.isPending) return <PanelSkeleton rows={3} />;
    if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
    const { members, findings } = query.data;
    if (members.every(({ ties }) => ties.length === 0)) return <p className="quiet hint">{t("person.noHousehold")}</p>;
    return (
      <>
        <table className="plain-table">
          <caption className="hidden-text">{t("person.household")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("person.title")}</th>
              <th scope="col">{t("person.relation")}</th>
              <th scope="col">{t("person.countedBy")}</th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.personId}>
                <td>
                  {member.personId === personId ? (
                    <>
                      <span className="code">{member.personId}</span> <Tag>{t("person.thisOne")}</Tag>
                    </>
                  ) : (
                    <Link className="cell code" to={linkTo(member.personId, params)}>
                      {member.personId}
                    </Link>
                  )}
                </td>
                <td className="nowrap">
                  {[...new Set(member.ties.map(({ relation }) => relation).filter(Boolean))].join(t("common.listSeparator")) || "—"}
                </td>
                <td className="quiet">
                  {[...new Set(member.ties.map(({ record, householdId }) => `${sourceName(record?.sourceId ?? "")} ${householdId}`))].map(
                    (tie) => (
                      <div key={tie}>{tie}</div>
                    ),
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {findings.length > 0 && (
          <ul className="finding-list">
            {findings.map((finding) => (
              <li key={finding.findingId}>
                <Link className="cell" to={`/findings/${encodeURIComponent(finding.findingId)}`}>
                  {findingTitle(finding)}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </>
    );
  };
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("person.household")}</h2>
      </div>
      <div className="panel-body">{body()}</div>
    </section>
  );
}
