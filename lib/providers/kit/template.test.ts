import { describe, expect, test } from "vitest";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { fillBody } from "./body-format";
import { checkTemplate, fillTemplate } from "./template";
import { join } from "./text";

describe("checkTemplate", () => {
  test("takes every stable name, plain or in three braces", () => {
    for (const name of TEMPLATE_NAMES) {
      expect(checkTemplate(`a {{${name}}} b {{{${name}}}} {{ ${name} }}`, TEMPLATE_NAMES)).toEqual([]);
    }
    expect(checkTemplate("no names at all } {", TEMPLATE_NAMES)).toEqual([]);
    expect(checkTemplate("", TEMPLATE_NAMES)).toEqual([]);
  });
  test("refuses unknown names where they stand, and names a near one", () => {
    expect(checkTemplate("Job {{job.nmae}}!", TEMPLATE_NAMES)).toEqual([
      { message: "There is no {{job.nmae}}.", at: 4, length: 12 },
    ]);
    expect(checkTemplate("{{Job.Name}}", TEMPLATE_NAMES)[0]?.message).toBe(
      "There is no {{Job.Name}}. Did you mean {{job.name}}?",
    );
    expect(checkTemplate("{{__proto__}}{{constructor.name}}", TEMPLATE_NAMES)).toHaveLength(2);
  });
  test.each(["{{#job}}x{{/job}}", "{{^job}}x", "{{>part}}", "{{! note }}", "{{=<% %>=}}", "{{/job}}", "{{ # job }}"])(
    "refuses %s with its position",
    (template) => {
      expect(checkTemplate(`ab ${template}`, TEMPLATE_NAMES)[0]).toMatchObject({ at: 3 });
    },
  );
  test("refuses an open tag", () => {
    expect(checkTemplate("Hello {{job.name", TEMPLATE_NAMES)).toEqual([
      { message: "A {{ is not closed by }}.", at: 6, length: 10 },
    ]);
  });
});

describe("fillTemplate", () => {
  test("values come by path, missing ones leave nothing, inherited ones do not exist", () => {
    const values = { job: { name: "shop", runs: 0 }, text: null };
    expect(join(fillTemplate("{{job.name}}|{{job.runs}}|{{text}}|{{job.toString}}|{{no.such}}", values))).toBe(
      "shop|0|||",
    );
  });
  test("a value that looks like a template is not one", () => {
    expect(join(fillTemplate("{{title}}", { title: "{{belfry.url}}" }))).toBe("{{belfry.url}}");
  });
});

describe("pain 33: a value cannot break the body it stands in", () => {
  const hostile = 'a"b\\c\n</x>&\'"}, "evil": 1 🙂 \u2028';
  test("JSON, inside quotes and outside", () => {
    const body = fillBody(
      '{"t": "x {{title}}", "v": {{title}}, "n": {{run.bytes}}, "m": {{missing}}, "e": "{{missing}}"}',
      { title: hostile, run: { bytes: 5 } },
      "json",
    );
    expect(JSON.parse(body)).toEqual({ t: `x ${hostile}`, v: hostile, n: 5, m: null, e: "" });
  });
  test("JSON with escaped quotes before the place", () => {
    const body = fillBody('{"t": "say \\"{{title}}\\" {{title}}"}', { title: '"' }, "json");
    expect(JSON.parse(body)).toEqual({ t: 'say """ "' });
  });
  test("forms and markup", () => {
    expect(new URLSearchParams(fillBody("t={{title}}&x=1", { title: hostile }, "form")).get("t")).toBe(hostile);
    expect(fillBody("<t>{{title}}</t>", { title: "<b>&" }, "markup")).toBe("<t>&lt;b&gt;&amp;</t>");
  });
});
