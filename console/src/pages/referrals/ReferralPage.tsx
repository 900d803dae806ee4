// One referral: with whom it lies, by when, the steps that are open to it, and every step so far.
import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { referrals } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import {
  type Referral,
  CharityAnswer_AnswerSchema,
  Consent_DecisionSchema,
  Referral_StateSchema,
  Referral_ReasonSchema,
  Consent_GiverSchema,
} from "@/gen/relief/v1/referral_service_pb";
import { NeedSchema } from "@/gen/relief/v1/types_pb";
import { dateText, timeText } from "@/lib/dates";
import { money } from "@/lib/money";
import { officerName } from "@/lib/officers";
import { stepsOf, type Step } from "@/lib/referral";
import { placeName } from "@/lib/regions";
import { recordText } from "@/lib/sources";
import { useText } from "@/locales";
import { word } from "@/locales/words";
import { History } from "@/pages/referrals/History";
import { Due, targetText } from "@/pages/referrals/ReferralsPage";
import { StepDialog } from "@/pages/referrals/StepDialog";
import { FactsList, type Fact } from "@/parts/FactsList";
import { ErrorState, PageSkeleton } from "@/parts/states";
import "./referrals.css";

function Facts({ referral }: { referral: Referral }) {
  const { t } = useText();
  const { consent } = referral;
  const rows: Fact[] = [
    [
      t("referrals.finding"),
      <Link className="cell code" to={`/findings/${encodeURIComponent(referral.findingId)}`}>
        {referral.findingId}
      </Link>,
    ],
    [t("findings.need"), referral.need ? word(NeedSchema, referral.need) : ""],
    [
      t("referrals.taker"),
      <>
        {officerName(referral.taker)} <span className="quiet">{t("referrals.takerHint")}</span>
      </>,
    ],
    [t("referrals.target"), targetText(referral, " · ")],
    [t("referrals.holder"), officerName(referral.holder)],
    [
      t("findings.due"),
      referral.dueDate?.year ? (
        <>
          {dateText(referral.dueDate)} <Due referral={referral} />
        </>
      ) : (
        ""
      ),
    ],
    [
      t("findings.escalation"),
      referral.escalation > 0
        ? `${t("findings.times", { n: referral.escalation })} ${placeName(referral.escalatedTo) || t("gaps.country")}`
        : "",
    ],
    [t("findings.reason"), referral.reason ? word(Referral_ReasonSchema, referral.reason) : ""],
    [t("referrals.handOvers"), referral.handOvers > 0 ? t("findings.times", { n: referral.handOvers }) : ""],
    [t("referrals.fulfilledBy"), referral.fulfilledBy ? <span className="code">{recordText(referral.fulfilledBy)}</span> : ""],
    [
      t("referrals.consent"),
      consent
        ? `${word(Consent_DecisionSchema, consent.decision)} · ${word(Consent_GiverSchema, consent.giver)} · ${timeText(consent.time)}`
        : t("referrals.notAsked"),
    ],
  ];
  return <FactsList facts={rows} />;
}

function ReferralPage() {
  const { t } = useText();
  const { may } = useSession();
  const { referralId = "" } = useParams();
  const [step, setStep] = useState<Step | null>(null);
  const query = useQuery({
    queryKey: queryKeys.referrals.one(referralId),
    queryFn: ({ signal }) => referrals.getReferral({ referralId }, { signal }),
  });
  if (query.isPending) return <PageSkeleton />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const referral = query.data;
  const steps = may("refer") ? stepsOf(referral) : [];
  return (
    <div className="page">
      <div className="page-head">
        <Link to="/referrals" className="cell">
          <ArrowLeftOutlined aria-hidden /> {t("findings.back")}
        </Link>
        <h1>
          {t("referrals.one")} <span className="code quiet">{referral.referralId}</span>
        </h1>
        <Tag color="blue">{word(Referral_StateSchema, referral.state)}</Tag>
        <span className="lead" />
        {steps.map((name, i) => (
          <Button key={name} type={i === 0 ? "primary" : "default"} danger={name === "withdraw"} onClick={() => setStep(name)}>
            {t(`referrals.step.${name}`)}
          </Button>
        ))}
      </div>
      <div className="side-by-side">
        <div>
          <section className="panel">
            <div className="panel-head">
              <h2>{t("findings.inShort")}</h2>
            </div>
            <div className="panel-body">
              <Facts referral={referral} />
            </div>
          </section>
          {referral.charityAnswers.length > 0 && (
            <section className="panel">
              <div className="panel-head">
                <h2>{t("charity.answers")}</h2>
              </div>
              <div className="panel-body">
                <table className="plain-table">
                  <tbody>
                    {referral.charityAnswers.map((answer) => (
                      <tr key={answer.projectId}>
                        <th scope="row" className="code">
                          {answer.projectId}
                        </th>
                        <td>{word(CharityAnswer_AnswerSchema, answer.answer)}</td>
                        <td className="number">{answer.amountFen > 0n ? money(answer.amountFen) : ""}</td>
                        <td className="quiet nowrap">{timeText(answer.time)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
          )}
        </div>
        <div>
          <History referral={referral} />
        </div>
      </div>
      {step && <StepDialog step={step} referral={referral} close={() => setStep(null)} />}
    </div>
  );
}

export { ReferralPage as Component };
