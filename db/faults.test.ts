import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, test } from "vitest";
import { AppError } from "@/lib/core/errors";
import { isStorageFault, readFault, storageError } from "./faults";

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
const coded = (code: string) => Object.assign(new Error("database or disk is full"), { code });
const ended = new Error("Connection terminated unexpectedly");

test.each([
  [refused, "the connection was refused"],
  [ended, "Connection terminated unexpectedly"],
  [coded("53300"), "the database server takes no more connections"],
  [coded("SQLITE_IOERR_SHMSIZE"), "the disk of the data folder is full, or reports an error"],
])("readers get a sentence without the query when the database cannot be used: %s", (cause, reason) => {
  const fault = readFault(new DrizzleQueryError("select secrets from channels", [], cause));
  expect(fault).toMatchObject({ code: "unavailable", message: `The database cannot be used: ${reason}.` });
});

test.each([
  ["SQLITE_FULL", "the disk of the data folder is full"],
  ["53100", "the disk of the database server is full"],
  ["SQLITE_READONLY_DBMOVED", "its file is read-only"],
])("fault B22: a writer learns what is wrong, and when to try again: %s", (code, reason) => {
  expect(storageError(coded(code))).toMatchObject({
    code: "unavailable",
    message: `The database cannot be written: ${reason}.`,
    details: { retryAfterSeconds: expect.any(Number) },
  });
});

test("an invalid statement, a refusal and a defect are returned unchanged", () => {
  const wrong = new DrizzleQueryError("select", [], Object.assign(new Error("no such column"), { code: "42703" }));
  const refusal = new AppError("delivery_failed", "refused", { cause: refused });
  for (const error of [wrong, refusal, new TypeError("x"), null]) expect(readFault(error)).toBe(error);
  expect(isStorageFault(Object.assign(new Error("locked"), { code: "SQLITE_BUSY" }))).toBe(true);
});
