import { describe, expect, test } from "vitest";
import { FieldError_Reason, Source_Content } from "@/gen/relief/v1/feed_service_pb";
import {
  Deliberation_Outcome,
  Disposition_Outcome,
  Disposition_Reason,
  Finding_State,
  FindingEvent_Kind,
} from "@/gen/relief/v1/finding_service_pb";
import { BenefitForm, BenefitMark, Cycle, FactType, IdType } from "@/gen/relief/v1/record_pb";
import {
  CharityAnswer_Answer,
  Consent_Decision,
  Consent_Giver,
  Referral_Reason,
  Referral_State,
  ReferralEvent_Kind,
} from "@/gen/relief/v1/referral_service_pb";
import { MatchExplanation_Outcome, Purpose_Kind } from "@/gen/relief/v1/registry_service_pb";
import {
  CaseEvent_Kind,
  Conflict_Kind,
  ConflictOrder,
  Decision_Operation,
  Decision_Verdict,
  Proposal_Ground,
  Proposal_State,
  ReviewJob_State,
  WorkItem_State,
} from "@/gen/relief/v1/review_service_pb";
import { FindingKind, Need, Programme, Severity, Sex } from "@/gen/relief/v1/types_pb";
import { en } from "./en";
import { zh } from "./zh";

function paths(texts: object, at = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [`${at}${key}`] : paths(value as object, `${at}${key}.`),
  );
}

function at(texts: object, path: string): string {
  return path.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], texts) as string;
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe("texts", () => {
  test("Chinese and English have the same keys", () => {
    expect(
      paths(en)
        .filter((path) => !path.endsWith("_one"))
        .sort(),
    ).toEqual(paths(zh).sort());
    expect(paths(en).filter((path) => path.endsWith("_one") && !paths(zh).includes(path.slice(0, -4)))).toEqual([]);
  });

  test("both name the same values", () => {
    for (const path of paths(zh)) expect(placeholders(at(en, path)), path).toEqual(placeholders(at(zh, path)));
  });

  test("no English text is left in Chinese", () => {
    const chinese = paths(en).filter((path) => /\p{Script=Han}/u.test(at(en, path)));
    expect(chinese).toEqual(["app.language"]); // the button that switches to Chinese
  });

  const CODED: Record<string, object> = {
    programme: Programme,
    sex: Sex,
    idType: IdType,
    form: BenefitForm,
    mark: BenefitMark,
    need: Need,
    cycle: Cycle,
    fact: FactType,
    findingKind: FindingKind,
    severity: Severity,
    findingState: Finding_State,
    outcome: Disposition_Outcome,
    reason: Disposition_Reason,
    findingEvent: FindingEvent_Kind,
    deliberation: Deliberation_Outcome,
    matchOutcome: MatchExplanation_Outcome,
    referralState: Referral_State,
    referralReason: Referral_Reason,
    referralEvent: ReferralEvent_Kind,
    consentDecision: Consent_Decision,
    consentGiver: Consent_Giver,
    charityAnswer: CharityAnswer_Answer,
    conflictKind: Conflict_Kind,
    verdict: Decision_Verdict,
    workState: WorkItem_State,
    caseEvent: CaseEvent_Kind,
    operation: Decision_Operation,
    jobState: ReviewJob_State,
    proposalState: Proposal_State,
    ground: Proposal_Ground,
    purpose: Purpose_Kind,
    content: Source_Content,
    rejection: FieldError_Reason,
  };
  test("every order of the queue has a name", () => {
    const names = Object.keys(ConflictOrder).filter((name) => name.startsWith("BY_"));
    expect(Object.keys(zh.conflictOrder).sort()).toEqual(names.sort());
  });

  // t() takes any string: a misspelled key would stand on the page as it is.
  test("every text that the code asks for is there", () => {
    const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx", "!../gen/**", "!../**/*.test.*"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const known = new Set(paths(zh));
    const asked = Object.values(sources).flatMap((source) =>
      [
        ...source.matchAll(
          /"((?:app|nav|common|state|login|review|fields|findings|gaps|person|benefit|referrals|operations|charity)\.[A-Za-z_]+)"/g,
        ),
      ].map(([, key]) => key),
    );
    expect(asked.length).toBeGreaterThan(300);
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([]);
  });

  test.each(Object.entries(CODED))("every %s of the contract has a name", (group, values) => {
    const names = Object.keys(values).filter((name) => Number.isNaN(Number(name)));
    expect(Object.keys((zh as unknown as Record<string, object>)[group]).sort()).toEqual(names.sort());
  });
});
