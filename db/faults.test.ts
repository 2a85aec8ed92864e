import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, test } from "vitest";
import { AppError } from "@/lib/core/errors";
import { isConnectionLost, isStorageFault, readFault, storageError } from "./faults";

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
const coded = (code: string) => Object.assign(new Error("database or disk is full"), { code });
const ended = new Error("Connection terminated unexpectedly");

test.each([
  [refused, "the connection was refused"],
  [ended, "the connection to the database server broke"],
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

const tooMany = Object.assign(
  new Error("bind message supplies 14464 parameters, but prepared statement requires 80000"),
  {
    code: "08P01",
  },
);

test("fault E14: a statement that PostgreSQL does not take is no lost connection, and nobody is shown its words", () => {
  expect(isConnectionLost(tooMany)).toBe(false);
  expect(isStorageFault(new DrizzleQueryError("select", [], tooMany))).toBe(false);
  // PgBouncer says this with the same code.
  expect(isConnectionLost(Object.assign(new Error("server login has been failing"), { code: "08P01" }))).toBe(true);
  const odd = Object.assign(new Error("could not open relation 16402 of /var/lib/postgresql"), { code: "58P01" });
  expect(storageError(odd).message).toBe("The database cannot be written: it reports an error (58P01).");
});
