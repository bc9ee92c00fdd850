// What eslint looks for in our JavaScript: mistakes. Types are checked by TypeScript, and its
// settings are in tsconfig.json.

import js from "@eslint/js";
import globals from "globals";

const WORKER = "static/authenticator/sw/**";
const SHARED = "static/authenticator/protocol/**";

/** @param {Record<string, boolean>} names */
const knows = (names) => ({ languageOptions: { globals: names } });

/** What a page and a service worker have both. */
const both = Object.fromEntries(
  Object.entries(globals.serviceworker).filter(([name]) => name in globals.browser),
);

/** Globals of browsers that are more often a variable somebody forgot. */
const FORGOTTEN = ["close", "event", "find", "length", "name", "open", "origin", "parent", "print"];
const ELSEWHERE = ["localStorage", "sessionStorage"]; // what is kept is kept in IndexedDB

export default [
  { ignores: ["**/vendor/", "**/node_modules/", "**/.cache/", "var/", ".venv/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "consistent-return": "off", // TypeScript's noImplicitReturns knows more
      curly: ["error", "multi-line"],
      "default-case-last": "error",
      eqeqeq: "error",
      "max-len": ["error", { code: 100 }],
      "no-control-regex": "off", // names and texts must not hold any, so they are looked for
      "no-duplicate-imports": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-restricted-globals": ["error", ...FORGOTTEN, ...ELSEWHERE, "status", "stop", "top"],
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-unmodified-loop-condition": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: ["static/**"], ignores: [WORKER, SHARED], ...knows(globals.browser) },
  { files: [SHARED], ...knows({ ...both, nod: false }) },
  { files: [WORKER], ...knows({ ...globals.serviceworker, nod: false }) },
  { files: ["*.js", "*/tests/js/**", "e2e/clients/**"], ...knows(globals.nodeBuiltin) },
];
