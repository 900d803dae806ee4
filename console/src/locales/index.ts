// Which language the console speaks: the user's choice on this machine, else the account's, else Chinese.
import i18next from "i18next";
import { useSyncExternalStore } from "react";
import { en } from "./en";
import { zh } from "./zh";

export type Language = "zh" | "en";

const STORED = "relief.language";

function stored(): Language | null {
  try {
    const value = localStorage.getItem(STORED);
    return value === "zh" || value === "en" ? value : null;
  } catch {
    return null; // storage may be switched off by policy
  }
}

function apply(language: Language) {
  void i18next.changeLanguage(language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = i18next.t("app.name");
}

export function startLanguage() {
  void i18next.init({
    lng: stored() ?? "zh",
    fallbackLng: "zh",
    initAsync: false,
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
  });
  apply(language());
}

export function language(): Language {
  return i18next.language === "en" ? "en" : "zh";
}

export function chooseLanguage(choice: Language) {
  try {
    localStorage.setItem(STORED, choice);
  } catch {
    // the choice then lasts as long as the page
  }
  apply(choice);
}

// The account's language, where nobody has chosen on this machine.
export function offerLanguage(offered: string) {
  if (stored() === null && (offered === "zh" || offered === "en")) apply(offered);
}

function subscribe(listener: () => void) {
  i18next.on("languageChanged", listener);
  return () => i18next.off("languageChanged", listener);
}

// "key_one", where English has it, is for one of what `n` counts.
export function t(key: string, values?: Record<string, unknown>): string {
  const one =
    language() === "en" && values !== undefined && String(values.n) === "1" && i18next.exists(`${key}_one`, { lng: "en", fallbackLng: [] });
  return i18next.t(one ? `${key}_one` : key, values);
}

// A function for each language: what a memo or an effect makes with it is made anew when the language changes.
const TEXTS: Record<Language, typeof t> = { zh: (key, values) => t(key, values), en: (key, values) => t(key, values) };

// Rerenders the caller when the language changes.
export function useText() {
  const current = useSyncExternalStore(subscribe, language);
  return { t: TEXTS[current], language: current };
}
