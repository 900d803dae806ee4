import type { Texts } from "@/locales/zh";

// Referrals of gaps, and charities.
export const referrals: Pick<Texts, "referrals"> = {
  referrals: {
    title: "Referrals",
    one: "Referral",
    none: "Nobody has taken it on yet.",
    take: "Take it on",
  },
};
