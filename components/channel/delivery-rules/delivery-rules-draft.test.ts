import { expect, test } from "vitest";
import { deliveryRulesDraftOf, deliveryRulesOf } from "./delivery-rules-draft";

test("without rules all severities pass at the service's own rate", () => {
  expect(deliveryRulesOf(deliveryRulesDraftOf(undefined))).toEqual({ minSeverity: null, rateLimit: null });
  expect(deliveryRulesOf(deliveryRulesDraftOf({ minSeverity: "info", rateLimit: null })).minSeverity).toBeNull();
});

test("round-trips stored rules", () => {
  const stored = { minSeverity: "critical" as const, rateLimit: { requests: 5, perSeconds: 60 } };
  expect(deliveryRulesOf(deliveryRulesDraftOf(stored))).toEqual(stored);
});

test("sends an incomplete rate limit for the server to refuse", () => {
  const { rateLimit } = deliveryRulesOf({ minSeverity: "", requests: "5", perSeconds: " " });
  expect(rateLimit).toEqual({ requests: 5, perSeconds: 0 });
});
