import { Button, Input, type InputRef } from "antd";
import type { RefObject } from "react";
import { Decision_Verdict, Decision_VerdictSchema } from "@/gen/relief/v1/review_service_pb";
import { KEY_CAPS } from "@/lib/keys";
import { useText } from "@/locales";
import { word } from "@/locales/words";

const CHOICES = [
  { verdict: Decision_Verdict.SAME, name: "same" },
  { verdict: Decision_Verdict.DIFFERENT, name: "different" },
  { verdict: Decision_Verdict.UNSURE, name: "unsure" },
] as const;

interface VerdictsProps {
  verdict: Decision_Verdict;
  choose: (verdict: Decision_Verdict) => void;
  disabled: boolean;
}

export function Verdicts({ verdict, choose, disabled }: VerdictsProps) {
  const { t } = useText();
  return (
    <div role="group" aria-label={t("review.verdict")} className="verdicts">
      {CHOICES.map((choice) => (
        <button
          key={choice.name}
          type="button"
          data-verdict={choice.name}
          aria-pressed={verdict === choice.verdict}
          aria-keyshortcuts={KEY_CAPS[choice.name]}
          disabled={disabled}
          onClick={() => choose(choice.verdict)}
        >
          <kbd>{KEY_CAPS[choice.name]}</kbd>
          {word(Decision_VerdictSchema, choice.verdict)}
        </button>
      ))}
    </div>
  );
}

interface DecisionBarProps {
  verdict: Decision_Verdict;
  choose: (verdict: Decision_Verdict) => void;
  comment: string;
  setComment: (comment: string) => void;
  reasonBox: RefObject<InputRef | null>;
  ready: boolean;
  busy: boolean;
  confirm: () => void;
  undo: () => void;
  help: () => void;
}

export function DecisionBar({ verdict, choose, comment, setComment, reasonBox, ready, busy, confirm, undo, help }: DecisionBarProps) {
  const { t } = useText();
  return (
    <section className="decision-bar panel" aria-label={t("review.verdict")}>
      <Verdicts verdict={verdict} choose={choose} disabled={!ready || busy} />
      <Input
        ref={reasonBox}
        className="comment"
        prefix={<kbd>{KEY_CAPS.reason}</kbd>}
        onPressEnter={confirm}
        value={comment}
        maxLength={500}
        aria-keyshortcuts={KEY_CAPS.reason}
        placeholder={t("review.comment")}
        aria-label={t("review.comment")}
        onChange={(event) => setComment(event.target.value)}
      />
      <Button
        type="primary"
        loading={busy}
        disabled={!ready || verdict === Decision_Verdict.VERDICT_UNSPECIFIED}
        aria-keyshortcuts="Enter"
        onClick={confirm}
      >
        <kbd>{KEY_CAPS.confirm}</kbd>
        {t("review.confirm")}
      </Button>
      <Button onClick={undo} disabled={busy} aria-keyshortcuts={KEY_CAPS.undo}>
        <kbd>{KEY_CAPS.undo}</kbd>
        {t("review.undo")}
      </Button>
      <Button type="text" onClick={help} aria-keyshortcuts={KEY_CAPS.help} aria-label={t("review.help")} title={t("review.help")}>
        <kbd style={{ margin: 0 }}>{KEY_CAPS.help}</kbd>
      </Button>
    </section>
  );
}
