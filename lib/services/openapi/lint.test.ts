import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import { openApiOperation } from "./read";

test("fault D9: a linter of the specification finds nothing to say about the description", async () => {
  const document = await openApiOperation.verb.call(null, {});
  const config = await createConfig({ extends: ["recommended-strict"] });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  const said = problems.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} ${at?.pointer ?? ""}`);
  expect([...new Set(said)]).toEqual([]);
});
