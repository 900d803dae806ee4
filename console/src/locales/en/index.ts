import type { Texts } from "@/locales/zh";
import { shell } from "./shell";
import { review } from "./review";
import { findings } from "./findings";
import { gaps } from "./gaps";
import { person } from "./person";
import { referrals } from "./referrals";
import { operations } from "./operations";
import { intake } from "./intake";

export const en: Texts = {
  ...shell,
  ...review,
  ...findings,
  ...gaps,
  ...person,
  ...referrals,
  ...operations,
  ...intake,
};
