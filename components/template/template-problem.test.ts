import { expect, it } from "vitest";
import { templateProblem } from "./template-problem";

it("finds the first wrong place of a text by its character", () => {
  expect(templateProblem("{{job.name}} took {{ run.durationText }}")).toBeNull();
  expect(templateProblem("Job {{job.nmae}} and {{nope}}")).toEqual({
    at: 4,
    length: 12,
    message: "There is no {{job.nmae}}.",
  });
  expect(templateProblem("{{#error}}x{{/error}}")?.message).toContain("Only {{name}}");
  expect(templateProblem("ends {{job.name")).toMatchObject({ at: 5, message: "A {{ is not closed by }}." });
  expect(templateProblem("{{}}")?.message).toContain("a name");
  expect(templateProblem("a } b { c")).toBeNull();
});
