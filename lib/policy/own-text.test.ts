import { expect, test } from "vitest";
import { outcomeOf, textFor } from "./own-text";

test("every tone has an outcome; system and info share one", () => {
  expect((["success", "failure", "warning", "info", "system"] as const).map(outcomeOf)).toEqual([
    "success",
    "failure",
    "warning",
    "info",
    "info",
  ]);
});

test("row over channel, one outcome over all, part by part", () => {
  const channel = { title: "channel", sound: "bell", outcomes: { failure: { title: "channel failure", tags: ["x"] } } };
  const row = { message: "row", outcomes: { failure: { priority: "urgent" as const } } };
  expect(textFor(channel, row, "failure", false)).toEqual({
    title: "channel failure",
    message: "row",
    priority: "urgent",
    tags: ["x"],
    sound: "bell",
  });
  expect(textFor(channel, row, "success", false)).toEqual({ title: "channel", message: "row", sound: "bell" });
  expect(textFor(channel, { title: "row" }, "failure", false).title).toBe("row");
  expect(textFor(null, null, "info", false)).toEqual({});
});

test("a recovery keeps the usual words, and takes the manner", () => {
  const row = { title: "It broke", message: "Look", outcomes: { success: { sound: "chime", message: "fine" } } };
  expect(textFor(null, row, "success", true)).toEqual({ sound: "chime" });
});
