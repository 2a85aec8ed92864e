import { expect, it } from "vitest";
import { placeSummary } from "./place-summary";

it("says where a place is, without its secrets and whatever is stored", () => {
  expect(placeSummary({ path: "/srv/files", exclude: ["*.tmp"] })).toBe("/srv/files");
  expect(placeSummary({ host: "db1", port: 5432, user: "backup", database: "shop", password: { stored: true } })).toBe(
    "backup@db1:5432/shop",
  );
  expect(placeSummary({ host: 7, path: null })).toBe("");
});
