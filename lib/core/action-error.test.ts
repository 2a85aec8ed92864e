import { expect, test } from "vitest";
import { methodNotAllowed, toErrorResponse } from "./action-error";
import { AppError, ERROR_STATUS, type ErrorCode } from "./errors";

test.each(Object.entries(ERROR_STATUS) as [ErrorCode, number][])("%s answers %i", (code, status) => {
  expect(toErrorResponse(new AppError(code, "No."), "test")).toMatchObject({
    status,
    body: { error: { code, message: "No." } },
  });
});

test("an answer has the headers of its error, and no cause", () => {
  const details = { retryAfterSeconds: 1.2, cause: new Error("secret"), fields: { name: "Taken." } };
  expect(toErrorResponse(new AppError("limit", "Later.", details), "test")).toEqual({
    status: 429,
    headers: { "retry-after": "2" },
    body: { error: { code: "limit", message: "Later.", retryAfterSeconds: 1.2, fields: { name: "Taken." } } },
  });
  expect(toErrorResponse(new AppError("unauthenticated", "Who?"), "test").headers).toEqual({
    "www-authenticate": "Bearer",
  });
  expect(methodNotAllowed("PUT", ["GET", "POST"])).toMatchObject({ status: 405, headers: { allow: "GET, POST" } });
});

test("a defect becomes an id, and nothing else of it leaves the program", () => {
  const { status, body } = toErrorResponse(new Error("password=hunter2"), "test");
  expect(status).toBe(500);
  expect(body.error.message).toMatch(/err_\w+/);
  expect(JSON.stringify(body)).not.toContain("hunter2");
});
