import { expect, test } from "vitest";
import { deliveryRulesDraftOf, mannerOf } from "./delivery-rules-draft";

test("nothing set is everything, at the service's own pace", () => {
  expect(mannerOf(deliveryRulesDraftOf(undefined))).toEqual({ minSeverity: null, rateLimit: null });
  expect(mannerOf(deliveryRulesDraftOf({ minSeverity: "info", rateLimit: null })).minSeverity).toBeNull();
});

test("comes back as it was stored", () => {
  const stored = { minSeverity: "critical" as const, rateLimit: { requests: 5, perSeconds: 60 } };
  expect(mannerOf(deliveryRulesDraftOf(stored))).toEqual(stored);
});

test("half a rate is sent, and is no rate that the server would take", () => {
  const { rateLimit } = mannerOf({ minSeverity: "", requests: "5", perSeconds: " " });
  expect(rateLimit).toEqual({ requests: 5, perSeconds: 0 });
});
