import { expect, test } from "vitest";
import { bodyTooLarge, readJsonBody } from "./request-body";

test.each([
  "application/json",
  "application/json; charset=utf-8",
  "application/vnd.api+json",
  "APPLICATION/JSON",
  null,
  undefined,
])("JSON of the type %s is read", (type) => expect(readJsonBody('{"a":[1]}', type)).toEqual({ a: [1] }));

test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data; boundary=x"])(
  "a body of the type %s is refused",
  (type) => expect(() => readJsonBody("{}", type)).toThrow(expect.objectContaining({ code: "invalid" })),
);

test("an empty body is an empty object, broken JSON is refused, half a surrogate pair is replaced", () => {
  expect(readJsonBody("", "text/plain")).toEqual({});
  expect(() => readJsonBody("{", "application/json")).toThrow(expect.objectContaining({ code: "invalid" }));
  expect(readJsonBody('"\\ud83d"', "application/json")).toBe("\ufffd");
});

test("the refusal of a large body names the limit", () => {
  expect(bodyTooLarge(1_048_576)).toMatchObject({ code: "too_large", message: "The body is larger than 1 MB." });
  expect(bodyTooLarge(65_536).message).toBe("The body is larger than 65.5 kB.");
});
