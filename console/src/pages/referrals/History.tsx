import { useQuery } from "@tanstack/react-query";
import { referrals } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import {
  Referral_Reason,
  ReferralEvent_Kind as Kind,
  type Referral,
  type ReferralEvent,
  Referral_ReasonSchema,
  CharityAnswer_AnswerSchema,
  ReferralEvent_KindSchema,
} from "@/gen/relief/v1/referral_service_pb";
import { dateText } from "@/lib/dates";
import { money } from "@/lib/money";
import { regionName } from "@/lib/regions";
import { t } from "@/locales";
import { word } from "@/locales/words";
import { HistoryPanel, type HistoryEntry } from "@/parts/History";
import { programmeName } from "@/parts/tags";

const GOOD = new Set([Kind.GRANTED, Kind.FULFILLED]);
const STRONG = new Set([Kind.OVERDUE, Kind.ESCALATED, Kind.REFUSED]);

function entryOf({ sequence, kind, time, actor, reason, target, dueDate, charityAnswer: answer, note }: ReferralEvent): HistoryEntry {
  return {
    key: sequence.toString(),
    title: word(ReferralEvent_KindSchema, kind),
    time,
    actor,
    details: [
      reason !== Referral_Reason.REASON_UNSPECIFIED && word(Referral_ReasonSchema, reason),
      target && `${programmeName(target.programme)} ${regionName(target.region)}`,
      dueDate?.year ? t("referrals.dueThen", { day: dateText(dueDate) }) : "",
      answer &&
        `${answer.projectId} ${word(CharityAnswer_AnswerSchema, answer.answer)} ${answer.amountFen > 0n ? money(answer.amountFen) : ""}`,
    ],
    note,
    tone: GOOD.has(kind) ? "good" : STRONG.has(kind) ? "strong" : undefined,
  };
}

export function History({ referral }: { referral: Referral }) {
  const query = useQuery({
    queryKey: queryKeys.referrals.events(referral.referralId, referral.etag),
    queryFn: ({ signal }) => referrals.listReferralEvents({ referralId: referral.referralId }, { signal }),
  });
  return <HistoryPanel query={query} entryOf={entryOf} />;
}
