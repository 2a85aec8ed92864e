import { expect, it } from "vitest";
import { findTemplateProblem } from "./template-problem";

it("finds the first error of a text by its position", () => {
  expect(findTemplateProblem("{{job.name}} took {{ run.durationText }}")).toBeNull();
  expect(findTemplateProblem("Job {{job.nmae}} and {{nope}}")).toEqual({
    at: 4,
    length: 12,
    message: "There is no {{job.nmae}}.",
  });
  expect(findTemplateProblem("{{#error}}x{{/error}}")?.message).toContain("Only {{name}}");
  expect(findTemplateProblem("ends {{job.name")).toMatchObject({ at: 5, message: "A {{ is not closed by }}." });
  expect(findTemplateProblem("{{}}")?.message).toContain("a name");
  expect(findTemplateProblem("a } b { c")).toBeNull();
});
