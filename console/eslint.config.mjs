// What ESLint holds the console and the browser tests to; run by `npm run lint`. Layout is Prettier's.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";
import { layerRules } from "./layers.mjs";

export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/", "console/src/gen/"] },
  js.configs.recommended,
  {
    files: ["console/**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked, hooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "react-hooks/exhaustive-deps": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "Property[key.name='queryKey'] > ArrayExpression", message: "Keys of queries are named in api/queryKeys.ts." },
        {
          selector:
            "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='dayjs'][arguments.length=0], CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: "This machine's clock may be wrong: days are counted from the hub's (api/hubDay.ts).",
        },
      ],
    },
  },
  ...layerRules(),
  {
    files: ["console/scripts/*.mjs", "console/*.mjs", "tests/browser/*.mjs"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
);
