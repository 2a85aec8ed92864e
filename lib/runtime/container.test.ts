import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toolPackages } from "@/lib/jobs/tool-packages";

test("the container has the Debian package of every tool that sources, destinations and compressions start", () => {
  const installed = /apt-get install [^&]*/.exec(readFileSync("Dockerfile", "utf8"))?.[0].split(/[\s\\]+/);
  expect(installed).toEqual(expect.arrayContaining([...new Set(Object.values(toolPackages()))]));
});
