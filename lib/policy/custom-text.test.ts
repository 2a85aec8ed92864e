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
  expect(textFor(channel, rule, "failure", "whole")).toEqual({
    title: "channel failure",
    message: "rule",
    priority: "urgent",
    tags: ["x"],
    sound: "bell",
  });
  expect(textFor(channel, rule, "success", "whole")).toEqual({ title: "channel", message: "rule", sound: "bell" });
  expect(textFor(channel, { title: "rule" }, "failure", "whole").title).toBe("rule");
  expect(textFor(null, null, "info", "whole")).toEqual({});
});

test("a recovery keeps the standard text, and takes the message options", () => {
  const rule = { title: "It broke", message: "Look", outcomes: { success: { sound: "chime", message: "fine" } } };
  expect(textFor(null, rule, "success", "recovery")).toEqual({ sound: "chime" });
});

test("fault C5: the nearest text says whether the facts are shown, and a recovery always shows them", () => {
  const channel = { showFacts: false };
  expect(textFor(channel, { message: "Look" }, "failure", "whole")).toEqual({ message: "Look", showFacts: false });
  expect(textFor(channel, { outcomes: { failure: { showFacts: true } } }, "failure", "whole")).toEqual({
    showFacts: true,
  });
  expect(textFor(channel, null, "failure", "recovery")).toEqual({});
});

test.each([
  // [of the rule, of its failure, of its success, of the channel, of the channel's success, outcome, use] → who
  [["@a"], undefined, undefined, undefined, undefined, "failure", "whole", ["@a"]],
  [["@a"], ["@b"], undefined, undefined, undefined, "failure", "whole", ["@b"]],
  [["@a"], ["@b"], undefined, undefined, undefined, "warning", "whole", ["@a"]],
  [undefined, undefined, undefined, ["@c"], undefined, "failure", "whole", ["@c"]],
  [["@a"], undefined, undefined, ["@c"], undefined, "failure", "whole", ["@a"]],
  // A message about several problems alerts as each of them would.
  [["@a"], ["@b"], undefined, undefined, undefined, "failure", "options", ["@b"]],
  // What is over alerts nobody, unless that was asked for.
  [["@a"], ["@b"], undefined, ["@c"], undefined, "success", "recovery", undefined],
  [["@a"], undefined, ["@d"], ["@c"], undefined, "success", "recovery", ["@d"]],
  [["@a"], undefined, undefined, ["@c"], ["@e"], "success", "recovery", ["@e"]],
  // A backup that succeeded is no recovery.
  [["@a"], undefined, undefined, undefined, undefined, "success", "whole", ["@a"]],
] as const)("mentions %j, of failure %j, of success %j, channel %j/%j: %s %s alerts %j", (...line) => {
  const [rule, failure, success, channel, channelSuccess, outcome, use, who] = line;
  const part = (mentions: readonly string[] | undefined) => (mentions ? { mentions: [...mentions] } : {});
  const texts = { ...part(channel), outcomes: { success: part(channelSuccess) } };
  const ruleTexts = { ...part(rule), outcomes: { failure: part(failure), success: part(success) } };
  expect(textFor(texts, ruleTexts, outcome, use).mentions).toEqual(who);
});
