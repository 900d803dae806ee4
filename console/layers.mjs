// What each folder of src/ may import, from below; eslint.config.mjs holds the code to it.
import { readdirSync } from "node:fs";

export const LAYERS = {
  gen: [],
  locales: ["gen"],
  lib: ["gen", "locales"],
  api: ["gen", "locales", "lib"],
  session: ["gen", "locales", "lib", "api"],
  parts: ["gen", "locales", "lib", "api", "session"],
  pages: ["gen", "locales", "lib", "api", "session", "parts"],
  app: ["gen", "locales", "lib", "api", "session", "parts", "pages"],
};

function block(folder, forbidden, message) {
  const patterns = [{ regex: "^\\.\\./", message: "Name it from the top: @/folder/file." }];
  if (forbidden.length > 0) patterns.push({ regex: `^@/(${forbidden.join("|")})`, message });
  return { files: [`console/src/${folder}/**/*.{ts,tsx}`], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

// One block of ESLint's configuration for each folder, and for each place of pages/, which must not know the other places.
export function layerRules(places = readdirSync(new URL("./src/pages/", import.meta.url))) {
  const rules = [];
  for (const [layer, allowed] of Object.entries(LAYERS)) {
    const forbidden = Object.keys(LAYERS).filter((other) => other !== layer && !allowed.includes(other));
    const prefixes = forbidden.map((other) => `${other}/`);
    const may = `may import ${allowed.join(", ") || "nothing"} and itself (console/layers.mjs)`;
    if (layer !== "pages") rules.push(block(layer, prefixes, `${layer}/ ${may}`));
    else for (const place of places) rules.push(block(`pages/${place}`, [...prefixes, `pages/(?!${place}/)`], `pages/${place}/ ${may}`));
  }
  return rules;
}
