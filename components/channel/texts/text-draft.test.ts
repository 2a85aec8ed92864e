import { expect, test } from "vitest";
import { findInvalidTabs, tabPath, textDraftOf, textSetOf } from "./text-draft";

test("a blank draft stores nothing", () => {
  expect(textSetOf(textDraftOf(null))).toBeNull();
  expect(textSetOf(textDraftOf({ title: null, message: " ", priority: null, tags: [], outcomes: null }))).toBeNull();
});

test("round-trips stored text", () => {
  const stored = {
    title: "{{job.name}}",
    message: "two\nlines ",
    showFacts: false,
    priority: "high" as const,
    tags: ["a", "b"],
    sound: "bell",
    mentions: ["<@&1>", "<@2>"],
    outcomes: { failure: { title: "Down", tags: ["fire"], mentions: ["<@3>"] }, info: { priority: "lowest" as const } },
  };
  const draft = textDraftOf(stored);
  expect(draft.every).toEqual({
    title: "{{job.name}}",
    message: "two\nlines ",
    showFacts: false,
    priority: "high",
    tags: "a, b",
    sound: "bell",
    mentions: "<@&1>, <@2>",
  });
  expect(draft.success).toEqual({
    title: "",
    message: "",
    showFacts: null,
    priority: "",
    tags: "",
    sound: "",
    mentions: "",
  });
  expect(textSetOf(draft)).toEqual(stored);
});

test("maps synonyms of priorities to ours, and unknown ones to the default", () => {
  expect(textDraftOf({ priority: "max" }).every.priority).toBe("urgent");
  expect(textDraftOf({ priority: "5" }).every.priority).toBe("urgent");
  expect(textDraftOf({ priority: "purple" }).every.priority).toBe("");
});

test("splits tags by commas and ignores blanks", () => {
  const draft = {
    ...textDraftOf(null),
    warning: {
      title: "",
      message: "",
      showFacts: null,
      priority: "" as const,
      tags: " a,, b c ,",
      sound: " ",
      mentions: " , ",
    },
  };
  expect(textSetOf(draft)).toEqual({ outcomes: { warning: { tags: ["a", "b c"] } } });
});

test("finds the invalid tabs of one rule by the paths of the errors", () => {
  const errors = {
    "notifications[1].outcomes.failure.message": "No.",
    "notifications[1].tags[0]": "No.",
    "notifications[10].outcomes.info.title": "No.",
    "notifications[1].outcomes.successful.title": "No.",
  };
  expect(findInvalidTabs(errors, "notifications[1]")).toEqual(["every", "failure"]);
  expect(findInvalidTabs(errors, "texts")).toEqual([]);
  expect(tabPath("texts", "every")).toBe("texts");
  expect(tabPath("texts", "info")).toBe("texts.outcomes.info");
});
