// What an error means to the person in front of the screen.
import { Code, ConnectError } from "@connectrpc/connect";
import { HubUnreachable } from "@/api/session";
import { language, t } from "@/locales";
import { recordFieldName } from "@/locales/words";

export type Trouble = "noRight" | "notFound" | "changed" | "invalid" | "offline" | "unreachable" | "tooLong" | "notYet" | "other";

// fetch itself failed, or a page's file could not be loaded. Any other TypeError is a fault of this console.
function nobodyAnswered(error: unknown): boolean {
  if (error instanceof ConnectError) return error.cause instanceof TypeError;
  return error instanceof TypeError && /fetch|dynamically imported module/i.test(error.message);
}

export function troubleOf(error: unknown): Trouble {
  if (typeof navigator !== "undefined" && !navigator.onLine) return "offline";
  if (error instanceof HubUnreachable) return "unreachable";
  const connect = ConnectError.from(error);
  switch (connect.code) {
    case Code.PermissionDenied:
      return "noRight";
    case Code.NotFound:
      return "notFound";
    case Code.Aborted:
      return "changed";
    case Code.InvalidArgument:
    case Code.FailedPrecondition:
    case Code.OutOfRange:
      return "invalid";
    case Code.Unavailable:
      return "unreachable";
    case Code.Unimplemented:
      return "notYet";
    case Code.DeadlineExceeded:
      return "tooLong";
    default:
      return nobodyAnswered(error) ? "unreachable" : "other";
  }
}

// The hub's own sentence, in the language that it has. It never repeats personal data.
export function sentenceOf(error: unknown): string {
  if (error instanceof ConnectError) return error.rawMessage;
  return error instanceof Error ? error.message : "";
}

const CHINESE = /[\u4e00-\u9fff]/;

// What went wrong in the reader's language: the hub's own sentence where that is in it, else what it means.
export function messageOf(error: unknown): string {
  if (error instanceof ConnectError && error.code === Code.Unauthenticated) return t("state.loggedOut");
  const trouble = troubleOf(error);
  const sentence = sentenceOf(error);
  const spoken = error instanceof ConnectError && sentence !== "" && CHINESE.test(sentence) === (language() === "zh");
  if (spoken && (trouble === "invalid" || trouble === "other" || trouble === "notFound")) return sentence;
  const field = trouble === "invalid" && /^([a-z_.]+): /.exec(sentence)?.[1];
  const named = field && recordFieldName(field);
  return named && named !== field ? t("state.invalidField", { field: named }) : t(`state.${trouble}`);
}

// Worth another try by itself: the hub may be restarting.
export function isPassing(error: unknown): boolean {
  return troubleOf(error) === "unreachable";
}
