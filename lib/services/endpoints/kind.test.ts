import { expect, it } from "vitest";
import { sourceKind } from "@/lib/jobs/registry";
import { summarizeEndpoint } from "./kind";

it("summarizes where an endpoint is, without its secrets, and nothing for a configuration that does not fit", () => {
  const summarize = (kind: string, config: Record<string, unknown>) => summarizeEndpoint(sourceKind(kind), config);
  expect(summarize("directory", { path: "/srv/files", exclude: ["*.tmp"] })).toBe("/srv/files");
  const postgres = { host: "db1", port: 5432, user: "backup", database: "shop", password: "hunter2" };
  expect(summarize("postgres", postgres)).toMatch(/^backup@db1(:5432)?\/shop$/);
  expect(summarize("directory", { path: null })).toBe("");
  expect(summarize("of another version", { path: "/srv/files" })).toBe("");
});
