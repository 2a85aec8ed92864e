import { expect, test } from "vitest";
import { z } from "zod";
import { closestName } from "./did-you-mean";
import { unknownKeys } from "./unknown-keys";

const rule = z.object({ channelId: z.string(), repeat: z.enum(["every", "once"]).default("every") });
const schema = z.object({
  name: z.string(),
  retention: z.object({ keepLast: z.int() }).default({ keepLast: 7 }),
  rules: z.array(rule).max(5).optional(),
  headers: z.record(z.string(), z.string()).nullish(),
  byOutcome: z.partialRecord(z.enum(["failure", "success"]), z.object({ title: z.string() })).optional(),
  target: z
    .union([z.object({ path: z.string() }), z.object({ sourceId: z.string(), database: z.string() })])
    .optional(),
  kind: z
    .discriminatedUnion("type", [z.object({ type: z.literal("a"), one: z.int() }), z.object({ type: z.literal("b") })])
    .optional(),
  piped: z
    .object({ inner: z.string() })
    .transform(({ inner }) => inner)
    .refine(() => true)
    .optional(),
  free: z.unknown(),
});
const found = (value: object) => unknownKeys(schema, value).map(({ path, message }) => [path.join("."), message]);

test("fault B23: what a schema would drop is found at any depth, with what was probably meant", () => {
  expect(
    found({ name: "a", rules: [{ channelId: "x" }], headers: { any: "b" }, free: { x: 1 }, kind: undefined }),
  ).toEqual([]);
  expect(found({ nmae: "a" })).toEqual([["nmae", "“nmae” is not known here. Did you mean “name”?"]]);
  expect(found({ retnetion: { keepLast: 3 } })[0]?.[1]).toContain("Did you mean “retention”?");
  expect(found({ retention: { keep_last: 3 } })).toEqual([
    ["retention.keep_last", "“keep_last” is not known here. Did you mean “keepLast”?"],
  ]);
  expect(found({ rules: [{ channelId: "x" }, { chanelId: "y" }] })).toEqual([
    ["rules.1.chanelId", "“chanelId” is not known here. Did you mean “channelId”?"],
  ]);
  expect(found({ byOutcome: { failure: { tilte: "x" } } })[0]?.[0]).toBe("byOutcome.failure.tilte");
  expect(found({ piped: { iner: "" } })[0]?.[0]).toBe("piped.iner");
  expect(found({ retention: { zebra: 1 } })[0]?.[1]).toBe("“zebra” is not known here. Known are: keepLast.");
  expect(found(JSON.parse('{"__proto__": 1, "constructor": 2}')).map(([path]) => path)).toEqual([
    "__proto__",
    "constructor",
  ]);
});

test("fault B23: of a union, the member that the value is says what is known", () => {
  expect(found({ target: { sourceId: "s", database: "d" } })).toEqual([]);
  expect(found({ target: { sourceId: "s", databse: "d" } })[0]?.[1]).toContain("“database”");
  expect(found({ kind: { type: "b", one: 1 } })[0]?.[0]).toBe("kind.one");
  expect(found({ kind: { type: "a", one: 1 } })).toEqual([]);
});

test.each([
  ["toen", "tone"],
  ["stat", "status"],
  ["TITLE", "title"],
  ["dedup_key", "dedupKey"],
  ["mesage", "message"],
  ["zebra", null],
  ["x", null],
])("of the names of a notification, “%s” is closest to %s", (name, meant) => {
  const known = ["title", "message", "tone", "severity", "dedupKey", "status", "fields", "channels", "idempotencyKey"];
  expect(closestName(name, known)).toBe(meant);
});
