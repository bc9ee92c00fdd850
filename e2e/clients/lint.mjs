// What a linter of OpenAPI documents, with the rules that it recommends, holds against ours: a line each.

import { createConfig, lint } from "@redocly/openapi-core";

const config = await createConfig({ extends: ["recommended"], rules: { "info-license": "off" } });
for (const found of await lint({ ref: process.argv[2], config })) {
  console.log(`${found.ruleId}: ${found.message} (${found.location.map((one) => one.pointer).join()})`);
}
