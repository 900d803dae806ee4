// Which steps a referral allows, as the contract's state machine draws it. The hub decides; this only keeps buttons away that it
// would refuse.
import { Referral_State as State, type Referral } from "@/gen/relief/v1/referral_service_pb";

export type Step = "handOver" | "accept" | "return" | "grant" | "refuse" | "withdraw" | "consent";

const STEPS: Partial<Record<State, Step[]>> = {
  [State.OPEN]: ["handOver", "grant", "refuse", "consent", "withdraw"],
  [State.HANDED_OVER]: ["accept", "return", "handOver", "consent", "withdraw"],
  [State.ACCEPTED]: ["grant", "refuse", "return", "consent", "withdraw"],
  [State.RETURNED]: ["handOver", "grant", "refuse", "consent", "withdraw"],
  [State.REFUSED]: ["consent"],
};

export function stepsOf(referral: Referral): Step[] {
  return STEPS[referral.state] ?? [];
}

export function isClosed(state: State): boolean {
  return [State.GRANTED, State.REFUSED, State.WITHDRAWN, State.FULFILLED, State.LAPSED].includes(state);
}
