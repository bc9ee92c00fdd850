// What a linter of OpenAPI documents, with the rules that it recommends, holds against ours: a line
// each.

import { createConfig, lint } from "@redocly/openapi-core";

const [, , ref = ""] = process.argv;
const config = await createConfig({ extends: ["recommended"], rules: { "info-license": "off" } });
for (const found of await lint({ ref, config })) {
  const places = found.location.map(({ pointer }) => pointer).join();
  console.log(`${found.ruleId}: ${found.message} (${places})`);
}
