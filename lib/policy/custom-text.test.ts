import { expect, test } from "vitest";
import { outcomeOf, textFor } from "./custom-text";

test("every tone has an outcome; system and info share one", () => {
  expect((["success", "failure", "warning", "info", "system"] as const).map(outcomeOf)).toEqual([
    "success",
    "failure",
    "warning",
    "info",
    "info",
  ]);
});

test("rule over channel, one outcome over all, part by part", () => {
  const channel = { title: "channel", sound: "bell", outcomes: { failure: { title: "channel failure", tags: ["x"] } } };
  const rule = { message: "rule", outcomes: { failure: { priority: "urgent" as const } } };
  expect(textFor(channel, rule, "failure", false)).toEqual({
    title: "channel failure",
    message: "rule",
    priority: "urgent",
    tags: ["x"],
    sound: "bell",
  });
  expect(textFor(channel, rule, "success", false)).toEqual({ title: "channel", message: "rule", sound: "bell" });
  expect(textFor(channel, { title: "rule" }, "failure", false).title).toBe("rule");
  expect(textFor(null, null, "info", false)).toEqual({});
});

test("a recovery keeps the standard text, and takes the message options", () => {
  const rule = { title: "It broke", message: "Look", outcomes: { success: { sound: "chime", message: "fine" } } };
  expect(textFor(null, rule, "success", true)).toEqual({ sound: "chime" });
});

test("fault C5: the nearest text says whether the facts are shown, and a recovery always shows them", () => {
  const channel = { showFacts: false };
  expect(textFor(channel, { message: "Look" }, "failure", false)).toEqual({ message: "Look", showFacts: false });
  expect(textFor(channel, { outcomes: { failure: { showFacts: true } } }, "failure", false)).toEqual({
    showFacts: true,
  });
  expect(textFor(channel, null, "failure", true)).toEqual({});
});
