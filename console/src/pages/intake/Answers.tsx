// What the officer says of the file as a whole.
import { DatePicker, Select } from "antd";
import dayjs from "dayjs";
import { UploadQuestion_Doubt, type Upload } from "@/gen/relief/v1/intake_service_pb";
import { Programme, ProgrammeSchema } from "@/gen/relief/v1/types_pb";
import { useText } from "@/locales";
import { withoutTargets, type Draft } from "@/pages/intake/draft";
import { RegionPicker } from "@/parts/RegionPicker";
import { programmeName } from "@/parts/tags";

const FACTS = -1; // among the programmes

interface AnswersProps {
  upload: Upload;
  draft: Draft;
  change: (draft: Draft) => void;
}

export function Answers({ upload, draft, change }: AnswersProps) {
  const { t } = useText();
  const asked = new Set(upload.tables.flatMap((table) => table.questions.map(({ doubt }) => doubt)));
  const programmes = ProgrammeSchema.values
    .filter(({ number }) => number !== 0)
    .map(({ number }) => ({ value: number, label: programmeName(number) }));
  return (
    <section className="panel above">
      <div className="panel-head">
        <h2>{t("intake.answers")}</h2>
      </div>
      <div className="panel-body answers">
        {(asked.has(UploadQuestion_Doubt.WHICH_PROGRAMME) || draft.programme !== Programme.PROGRAMME_UNSPECIFIED || draft.facts) && (
          <label>
            <span>{t("intake.programme")}</span>
            <Select
              aria-label={t("intake.programme")}
              value={draft.facts ? FACTS : draft.programme || undefined}
              onChange={(value: number) =>
                change(withoutTargets({ ...draft, facts: value === FACTS, programme: value === FACTS ? 0 : value }))
              }
              options={[...programmes, { value: FACTS, label: t("intake.facts") }]}
            />
          </label>
        )}
        <label>
          <span>{t("intake.period")}</span>
          <DatePicker
            picker="month"
            aria-label={t("intake.period")}
            value={draft.period ? dayjs(`${draft.period}-01`) : null}
            onChange={(value) => change({ ...draft, period: value ? value.format("YYYY-MM") : "" })}
          />
          <span className="quiet small">{t("intake.periodHint")}</span>
        </label>
        <label>
          <span>{t("intake.region")}</span>
          <RegionPicker value={draft.region} onChange={(region) => change(withoutTargets({ ...draft, region }))} width={220} />
          <span className="quiet small">{t("intake.regionHint")}</span>
        </label>
      </div>
    </section>
  );
}
