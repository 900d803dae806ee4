import { Decision_OperationSchema, Decision_VerdictSchema, type Proposal } from "@/gen/relief/v1/review_service_pb";
import { t } from "@/locales";
import { word } from "@/locales/words";

// What a proposal asks for, as a heading.
export function whatText({ what }: Proposal): string {
  switch (what.case) {
    case "decide":
      return word(Decision_VerdictSchema, what.value.verdict);
    case "cluster":
      return word(Decision_OperationSchema, what.value.operation);
    case "bulk":
      return `${t("review.bulk")} · ${word(Decision_VerdictSchema, what.value.verdict)}`;
    case "undo":
      return t("review.undoDecision");
    case "revert":
      return t("review.revertJob");
    default:
      return "—";
  }
}
