import { expect, test } from "vitest";
import { REASON_CODES, reasonSentence } from "./delivery-reason";

test.each(REASON_CODES)("%s has one sentence of its own", (code) => {
  const sentence = reasonSentence(code);
  expect(sentence).toMatch(/^[A-Z][^.]+\.$/);
  expect(REASON_CODES.filter((other) => reasonSentence(other) === sentence)).toEqual([code]);
});

test("failures carry the service's words, holds the time, a cancellation the person", () => {
  expect(reasonSentence("rejected", { serviceText: "550 unknown user" })).toBe(
    "The notification was rejected: 550 unknown user",
  );
  expect(reasonSentence("channel_muted", { until: "14:05" })).toBe("The channel is muted until 14:05.");
  expect(reasonSentence("canceled_by_person", { actorName: "Anna" })).toBe("Canceled by Anna.");
  expect(reasonSentence("alert_resolved", { serviceText: "x", until: "x", actorName: "x" })).toBe(
    "The alert was resolved.",
  );
});
