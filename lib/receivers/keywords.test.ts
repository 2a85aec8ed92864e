import { expect, test } from "vitest";
import { keywordState, stateByKeywords } from "./keywords";

const KEYWORDS = { failure: ["FATAL"], warning: ["Treating exit code 1 as a warning"], success: ["all well"] };

test("the worst word that is found counts, as it is written", () => {
  expect(keywordState("all well, but FATAL", KEYWORDS)).toBe("failure");
  expect(keywordState("x\nTreating exit code 1 as a warning\nall well", KEYWORDS)).toBe("warning");
  expect(keywordState("all well", KEYWORDS)).toBe("success");
  expect(keywordState("fatal", KEYWORDS)).toBeNull();
  expect(keywordState("FATAL", null)).toBeNull();
});

test("a word makes a state worse, never better; only a message that says nothing itself becomes a success", () => {
  expect(stateByKeywords("failure", "success")).toBe("failure");
  expect(stateByKeywords("warning", "success")).toBe("warning");
  expect(stateByKeywords("success", "warning")).toBe("warning");
  expect(stateByKeywords("warning", "failure")).toBe("failure");
  expect(stateByKeywords("unknown", "success")).toBe("success");
  expect(stateByKeywords("unknown", null)).toBe("log");
  expect(stateByKeywords("start", "failure")).toBe("start");
  expect(stateByKeywords("log", "failure")).toBe("log");
});
