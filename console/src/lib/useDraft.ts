import { useMemo, useSyncExternalStore } from "react";
import { draftText, onDrafts, writeDraft } from "@/lib/drafts";

// State that is kept as a draft under its name; `initial` again once it is forgotten.
// Usage: const [text, setText, forget] = useDraft(`note/${conflictId}`, "");
export function useDraft<Value>(name: string, initial: Value): [Value, (next: Value) => void, () => void] {
  const text = useSyncExternalStore(onDrafts, () => draftText(name));
  const value = useMemo(() => (text === undefined ? initial : (JSON.parse(text) as Value)), [text, initial]);
  return [value, (next) => writeDraft(name, next), () => writeDraft(name, undefined)];
}
