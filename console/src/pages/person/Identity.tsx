import type { PersonRecord } from "@/gen/relief/v1/registry_service_pb";
import { variantsOf } from "@/lib/variants";
import { sourceName } from "@/lib/sources";
import { useText } from "@/locales";
import { fieldName } from "@/locales/words";

export function Identity({ records }: { records: PersonRecord[] }) {
  const { t } = useText();
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("person.identity")}</h2>
      </div>
      <div className="panel-body">
        <table className="plain-table variants">
          <caption className="hidden-text">{t("person.variants")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("review.field")}</th>
              <th scope="col">{t("person.variants")}</th>
            </tr>
          </thead>
          <tbody>
            {variantsOf(records).map(({ field, variants }) => (
              <tr key={field}>
                <th scope="row">{fieldName(field)}</th>
                <td>
                  {variants.map(({ value, records: count, sources }) => (
                    <div key={value} className="variant">
                      <span>{value}</span>
                      {(variants.length > 1 || count < records.length) && (
                        <span className="quiet small" title={sources.map(sourceName).join("\n")}>
                          {t("person.writtenBy", { n: count })}
                        </span>
                      )}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
