import { expect, it } from "vitest";
import { answerOf } from "./form-error";

const error = { code: "delivery_failed", message: "The mail server refused the sign-in." } as const;

it("shows the service's own words once", () => {
  expect(answerOf(error)).toBeUndefined();
  expect(answerOf({ ...error, providerStatus: 535, providerBody: "5.7.8 Error" })).toBe("535 5.7.8 Error");
  expect(
    answerOf({ ...error, message: "Discord: Unknown Webhook", providerStatus: 404, providerBody: "Unknown Webhook" }),
  ).toBe("404");
});
