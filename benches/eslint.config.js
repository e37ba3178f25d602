import globals from "../tests/web/node_modules/globals/index.js";
import shared from "../tests/web/eslint.config.js";

export default [
  ...shared,
  { languageOptions: { globals: { ...globals.node, ...globals.browser, ...globals.worker, bench: "readonly" } } },
];
