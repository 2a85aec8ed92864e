import { expect, test } from "vitest";
import { z } from "zod";
import { field } from "./form-field";
import { describeForm, formProblems } from "./form-limits";

const form = describeForm(
  z.object({
    url: z.string(),
    ca: field(z.string(), { label: "CA", widget: "textarea" }),
    name: z.string().max(10),
    to: z.array(z.string()),
    headers: z.record(z.string(), z.string()),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
    port: z.int(),
    kind: z.enum(["a", "b"]),
    tls: z.object({ host: z.string() }).optional(),
  }),
);
const text = (length: number) => "x".repeat(length);

test("fault E14: what sets no limit of its own is described with a general one", () => {
  expect(form).toMatchObject({
    properties: {
      url: { maxLength: 4_000 },
      ca: { maxLength: 100_000 },
      name: { maxLength: 10 },
      to: { maxItems: 500, items: { maxLength: 4_000 } },
      headers: { maxProperties: 200, propertyNames: { maxLength: 200 }, additionalProperties: { maxLength: 4_000 } },
      port: { minimum: -1e15, maximum: 1e15 },
      tls: { properties: { host: { maxLength: 4_000 } } },
    },
  });
  expect((form.properties as Record<string, object>).kind).not.toHaveProperty("maxLength");
});

test.each<[string, object, string]>([
  ["url", { url: text(4_001) }, "At most 4,000 characters."],
  ["ca", { ca: text(100_001) }, "At most 100,000 characters."],
  ["to", { to: Array.from({ length: 501 }, () => "x") }, "At most 500 entries."],
  ["to[1]", { to: ["x", text(4_001)] }, "At most 4,000 characters."],
  [
    "headers",
    { headers: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`h${at}`, "x"])) },
    "At most 200 entries.",
  ],
  ["headers", { headers: { [text(201)]: "x" } }, "Names have at most 200 characters."],
  ["headers.a", { headers: { a: text(4_001) } }, "At most 4,000 characters."],
  ["values.a", { values: { a: text(4_001) } }, "At most 4,000 characters."],
  ["port", { port: 1e16 }, "At most 1,000,000,000,000,000."],
  ["tls.host", { tls: { host: text(4_001) } }, "At most 4,000 characters."],
])("fault E14: %s beyond its limit is named", (path, value, sentence) => {
  expect(formProblems(form, value)).toEqual({ [path]: sentence });
});

test("what is within its limits, or of another shape, is left to the schema", () => {
  const value = {
    url: text(4_000),
    to: ["x"],
    headers: { a: "b" },
    values: { a: 5, b: "c" },
    port: "x",
    tls: null,
    more: text(9_000),
  };
  expect(formProblems(form, value)).toEqual({});
});
