// Referrals of gaps, and charities.
export const referrals = {
  referrals: {
    title: "转介",
    one: "转介",
    none: "尚未转介。",
    take: "受理并转介",
  },
};
