import { expect, test } from "vitest";
import { pathOfTab, textDraftOf, textSetOf, wrongTabs } from "./text-draft";

test("nothing typed is nothing said", () => {
  expect(textSetOf(textDraftOf(null))).toBeNull();
  expect(textSetOf(textDraftOf({ title: null, message: " ", priority: null, tags: [], outcomes: null }))).toBeNull();
});

test("comes back from what was stored as it was typed", () => {
  const stored = {
    title: "{{job.name}}",
    message: "two\nlines ",
    priority: "high" as const,
    tags: ["a", "b"],
    sound: "bell",
    outcomes: { failure: { title: "Down", tags: ["fire"] }, info: { priority: "lowest" as const } },
  };
  const draft = textDraftOf(stored);
  expect(draft.every).toEqual({
    title: "{{job.name}}",
    message: "two\nlines ",
    priority: "high",
    tags: "a, b",
    sound: "bell",
  });
  expect(draft.success).toEqual({ title: "", message: "", priority: "", tags: "", sound: "" });
  expect(textSetOf(draft)).toEqual(stored);
});

test("priorities of other services' words are ours on screen; unknown ones are as usual", () => {
  expect(textDraftOf({ priority: "max" }).every.priority).toBe("urgent");
  expect(textDraftOf({ priority: "5" }).every.priority).toBe("urgent");
  expect(textDraftOf({ priority: "purple" }).every.priority).toBe("");
});

test("tags are parted by commas, blanks between them mean nothing", () => {
  const draft = {
    ...textDraftOf(null),
    warning: { title: "", message: "", priority: "" as const, tags: " a,, b c ,", sound: " " },
  };
  expect(textSetOf(draft)).toEqual({ outcomes: { warning: { tags: ["a", "b c"] } } });
});

test("the tab of a refused field is known by its path, and none of another row", () => {
  const errors = {
    "notifications[1].outcomes.failure.message": "No.",
    "notifications[1].tags[0]": "No.",
    "notifications[10].outcomes.info.title": "No.",
    "notifications[1].outcomes.successful.title": "No.",
  };
  expect(wrongTabs(errors, "notifications[1]")).toEqual(["every", "failure"]);
  expect(wrongTabs(errors, "texts")).toEqual([]);
  expect(pathOfTab("texts", "every")).toBe("texts");
  expect(pathOfTab("texts", "info")).toBe("texts.outcomes.info");
});
