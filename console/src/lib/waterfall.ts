// The steps from nothing to the total weight: each field's bar begins where the one before it ended.
import type { MatchExplanation } from "@/gen/relief/v1/registry_service_pb";

export interface Step {
  field: string;
  level: string;
  bits: number;
  from: number;
  to: number;
  oneIn: number;
}

// The fields do not always add up to the total: a cap or a rule may hold some bits back. Then a last step says so.
export function stepsOf(explanation: MatchExplanation): Step[] {
  let at = 0;
  const steps = explanation.fields.map(({ field, level, bits, oneIn }) => {
    const step = { field, level, bits, from: at, to: at + bits, oneIn };
    at += bits;
    return step;
  });
  const rest = explanation.totalBits - at;
  if (Math.abs(rest) > 0.05) steps.push({ field: "", level: "", bits: rest, from: at, to: explanation.totalBits, oneIn: 0 });
  return steps;
}

export function bitsText(bits: number): string {
  const text = Math.abs(bits).toFixed(1);
  if (text === "0.0") return text;
  return bits < 0 ? `\u2212${text}` : `+${text}`;
}
