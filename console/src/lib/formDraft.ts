// What was begun in a form, for antd's initialValues and onValuesChange. Values are texts, numbers and lists of them; days are kept as
// text and made days again by the form.
import { draftText, readDraft, writeDraft } from "@/lib/drafts";

export interface FormDraft<Fields> {
  begun: boolean;
  values: () => Partial<Fields>;
  keep: (changed: unknown, all: Fields) => void;
  forget: () => void;
}

export function formDraft<Fields>(name: string): FormDraft<Fields> {
  return {
    begun: draftText(name) !== undefined,
    values: () => readDraft<Partial<Fields>>(name) ?? {},
    keep: (_, all) => writeDraft(name, all),
    forget: () => writeDraft(name, undefined),
  };
}
