import { useState } from "react";

// State that belongs to one thing, such as the case on the table: with another `owner` it begins again as `initial`.
// Usage: const [verdict, setVerdict] = useStateOf(selected, NOTHING);
export function useStateOf<Owner, Value>(owner: Owner, initial: Value): [Value, (next: Value) => void] {
  const [held, setHeld] = useState({ owner, value: initial });
  const value = Object.is(held.owner, owner) ? held.value : initial;
  return [value, (next: Value) => setHeld({ owner, value: next })];
}
