import { expect, it } from "vitest";
import { serviceAnswer } from "./form-error";

const error = { code: "delivery_failed", message: "The mail server refused the sign-in." } as const;

it("shows the answer of the service once", () => {
  expect(serviceAnswer(error)).toBeUndefined();
  expect(serviceAnswer({ ...error, providerStatus: 535, providerBody: "5.7.8 Error" })).toBe("535 5.7.8 Error");
  expect(
    serviceAnswer({
      ...error,
      message: "Discord: Unknown Webhook",
      providerStatus: 404,
      providerBody: "Unknown Webhook",
    }),
  ).toBe("404");
});
