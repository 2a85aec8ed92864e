import { DrizzleQueryError } from "drizzle-orm";
import { expect, test } from "vitest";
import { toRunError } from "./run-error";

test("a statement of our own that fails is reported without its text and values", () => {
  const cause = Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
  const error = new DrizzleQueryError("update secrets set value = ?", ["hunter2"], cause);
  expect(toRunError(error).message).toBe("Belfry's own database could not be used: another program locks its file.");
});
