import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    rules: {
      eqeqeq: ["error", "smart"],
      "no-var": "error",
      "prefer-const": "error",
      "max-lines": ["error", 500],
      // Data reaches the page as text only.
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Use textContent." },
        { property: "outerHTML", message: "Use textContent." },
        { property: "insertAdjacentHTML", message: "Use append." },
      ],
      "no-restricted-globals": ["error", "alert", "confirm", "prompt"],
    },
  },
  { files: ["**/www/**/*.js"], languageOptions: { globals: { ...globals.browser, ...globals.worker } } },
  {
    files: ["**/tests/web/**/*.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser, lab: "readonly" } },
  },
  // One file for each language, so that a translator has one to translate: data, however long.
  { files: ["**/www/strings/*.js"], rules: { "max-lines": "off" } },
  { ignores: ["**/node_modules/**"] },
];
