import { expect, it } from "vitest";
import { endpointSummary } from "./endpoint-summary";

it("says where a place is, without its secrets and whatever is stored", () => {
  expect(endpointSummary({ path: "/srv/files", exclude: ["*.tmp"] })).toBe("/srv/files");
  expect(
    endpointSummary({ host: "db1", port: 5432, user: "backup", database: "shop", password: { stored: true } }),
  ).toBe("backup@db1:5432/shop");
  expect(endpointSummary({ host: 7, path: null })).toBe("");
});
