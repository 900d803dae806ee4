// Records of a person, a row each: what the page of a cluster and that of a proposal show of them.
import type { PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { whatOf, whenOf } from "@/lib/benefits";
import { keyOf } from "@/lib/cluster";
import { dateText } from "@/lib/dates";
import { sourceName } from "@/lib/sources";
import { useText } from "@/locales";
import { fieldName } from "@/locales/words";

export function MemberHeads() {
  const { t } = useText();
  return (
    <>
      <th scope="col">{t("common.record")}</th>
      <th scope="col">{fieldName("name")}</th>
      <th scope="col">{fieldName("id_number")}</th>
      <th scope="col">{fieldName("birth_date")}</th>
      <th scope="col">{t("benefit.what")}</th>
    </>
  );
}

export function MemberCells({ record }: { record: PersonRecord }) {
  const { person, name } = record;
  return (
    <>
      <td title={name && keyOf(name)}>
        {sourceName(name?.sourceId ?? "")}
        <br />
        <span className="code">{name?.recordId}</span>
      </td>
      <td>{person?.name || "—"}</td>
      <td className="nowrap">{person?.idNumber || "—"}</td>
      <td className="nowrap">{dateText(person?.birthDate) || "—"}</td>
      <td>
        {whatOf(record).name} <span className="quiet small">{whenOf(record)}</span>
      </td>
    </>
  );
}
