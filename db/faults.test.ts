import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, test } from "vitest";
import { AppError } from "@/lib/core/errors";
import { isStorageFault, readFault } from "./faults";

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
const ended = new Error("Connection terminated unexpectedly");

test.each([refused, ended])(
  "readers get a sentence without the query when the database cannot be reached: %s",
  (cause) => {
    const fault = readFault(new DrizzleQueryError("select secrets from channels", [], cause));
    expect(fault).toMatchObject({ code: "unavailable", message: `The database cannot be read: ${cause.message}` });
  },
);

test("an invalid statement, a refusal and a defect are returned unchanged", () => {
  const wrong = new DrizzleQueryError("select", [], Object.assign(new Error("no such column"), { code: "42703" }));
  const refusal = new AppError("delivery_failed", "refused", { cause: refused });
  for (const error of [wrong, refusal, new TypeError("x"), null]) expect(readFault(error)).toBe(error);
  expect(isStorageFault(Object.assign(new Error("locked"), { code: "SQLITE_BUSY" }))).toBe(true);
});
