// Every text of the console, in Chinese. en/ has the same keys; the compiler checks that.
import { shell } from "./shell";
import { review } from "./review";
import { findings } from "./findings";
import { gaps } from "./gaps";
import { person } from "./person";
import { referrals } from "./referrals";
import { operations } from "./operations";
import { intake } from "./intake";

export const zh = {
  ...shell,
  ...review,
  ...findings,
  ...gaps,
  ...person,
  ...referrals,
  ...operations,
  ...intake,
};

// English may add "key_one", for one of what is counted.
type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> } & { [K in keyof T & string as `${K}_one`]?: string };
export type Texts = Shape<typeof zh>;
