import { expect, test } from "vitest";
import { z } from "zod";
import { highest } from "@/lib/auth/access/permission";
import { EVENT_DATA_VISIBILITY, EVENT_VISIBILITY, eventVisibility } from "@/lib/auth/access/visibility/events";
import { reveal } from "@/lib/auth/access/visibility/reveal";
import type { Rule } from "@/lib/auth/access/visibility/rule";
import { ANSWERS, ENTITIES } from "@/lib/auth/access/visibility/table";
import type { EventDraft } from "@/lib/core/event";
import type { Role } from "@/lib/core/role";
import { CATALOG, type EventType } from "@/lib/events/catalog";
import { OPERATIONS } from "./openapi/operations";
import { allVerbs } from "./testing/all-verbs";

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const verbs = await allVerbs();
const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }) as Schema;
/** The alternatives of a schema, without null. */
const membersOf = (schema: Schema): Schema[] =>
  [...(schema.anyOf ?? schema.oneOf ?? [schema])].flatMap((one) => (one === schema ? [one] : membersOf(one)));

/** Parts of an answer's schema that the table does not name. */
function undeclared(rule: Rule, schema: Schema, path: string): string[] {
  return membersOf(schema).flatMap((member) => {
    const hasParts = member.properties !== undefined || member.type === "array" || member.type === "object";
    if (rule.kind === "value") return hasParts && !rule.isWhole ? [`${path} has parts of its own`] : [];
    if (rule.kind === "list") return member.items ? undeclared(rule.item, member.items, `${path}[]`) : [];
    const fields = rule.kind === "group" ? rule.fields : (ENTITIES[rule.name]?.fields ?? {});
    return Object.entries(member.properties ?? {}).flatMap(([name, part]) => {
      const found = fields[name];
      return found ? undeclared(found, part, `${path}.${name}`) : [`${path}.${name}`];
    });
  });
}

test("fault E14: every verb that others than administrators may call says who sees its answer, and none that is not there", () => {
  const wanted = verbs.filter(({ permission }) => permission !== "admin").map(({ name }) => name);
  expect(Object.keys(ANSWERS).sort()).toEqual(wanted.sort());
  expect(() => reveal("new.verb", {}, null, { namesPeople: () => true })).toThrow(/who may see/);
});

test.each(
  OPERATIONS.filter(({ verb, answer }) => verb.permission !== "admin" && answer).map(
    (operation) => [`${operation.method} ${operation.path}`, operation] as const,
  ),
)("fault E14: every part of the answer of %s has its line in the table", (_, { verb, answer }) => {
  expect(undeclared(ANSWERS[verb.name] as Rule, schemaOf(answer as z.ZodType), verb.name)).toEqual([]);
});

test("fault E14: what the table does not name reaches administrators only", () => {
  const facts = { namesPeople: () => false };
  const answer = { runId: "run_1", token: "unheard of" };
  const as = (role: Role) => ({ kind: "api_key", id: "key_1", name: "k", role, address: null }) as const;
  expect(reveal("jobs.run", answer, as("admin"), facts)).toEqual(answer);
  expect(reveal("jobs.run", answer, as("operator"), facts)).toEqual({ runId: "run_1" });
});

/** The path of each part of an event's data. */
function leavesOf(schema: Schema, path: string[] = []): string[] {
  return membersOf(schema).flatMap((member) => {
    if (member.properties)
      return Object.entries(member.properties).flatMap(([name, part]) => leavesOf(part, [...path, name]));
    if (member.type === "array" && member.items) return leavesOf(member.items, path);
    if (typeof member.additionalProperties === "object") return [[...path, "*"].join(".")];
    return member.type === "null" ? [] : [path.join(".")];
  });
}

const mark = (path: string) => `«${path}»@mark`;

/** Data of that schema in which every text names its own path. */
function marked(schema: Schema, path: string[] = []): unknown {
  const [member = {}] = membersOf(schema).filter(({ type }) => type !== "null");
  if (member.properties) {
    return Object.fromEntries(
      Object.entries(member.properties).map(([name, part]) => [name, marked(part, [...path, name])]),
    );
  }
  if (member.type === "array") return [marked(member.items ?? {}, path)];
  if (member.type === "object") return { x: mark([...path, "*"].join(".")) };
  if (member.type === "boolean") return true;
  if (member.type === "number" || member.type === "integer") return 2;
  return mark(path.join("."));
}

/** Occurrences of an event: with everything that it may carry, and without each part of it. */
function occurrencesOf(entry: EventType): EventDraft[] {
  const { properties = {} } = schemaOf(entry.data);
  const whole = marked({ properties }) as Record<string, unknown>;
  const { custom } = entry.sample(0);
  return [null, ...Object.keys(properties)].flatMap((left) =>
    ([undefined, "resolved"] as const).map((status) => ({
      type: entry.type,
      subject: { kind: "job", id: "x", name: mark("subject") },
      data: Object.fromEntries(Object.entries(whole).filter(([name]) => name !== left)),
      ...(status && { status }),
      ...(custom && { custom }),
    })),
  );
}

test.each(CATALOG.map((entry) => [entry.type, entry] as const))(
  "fault E14: %s shows in title, message and facts nothing to a role that may not see it",
  (type, entry) => {
    const known = EVENT_VISIBILITY[type];
    if (!known) throw new Error(`${type} has no line in the table of events.`);
    const leaves = leavesOf(schemaOf(entry.data));
    expect(leaves.filter((path) => !EVENT_DATA_VISIBILITY[path])).toEqual([]);
    const roles: Record<string, Role> = { ...EVENT_DATA_VISIBILITY, subject: known.subject };
    const shown: [string, string, Role][] = [];
    for (const draft of occurrencesOf(entry)) {
      for (const { title, message, fields } of [
        entry.text(draft),
        ...(entry.textForUser ? [entry.textForUser(draft)] : []),
      ]) {
        shown.push(["title", title, known.title], ["message", message, known.message]);
        shown.push(["facts", JSON.stringify(fields), known.facts]);
      }
    }
    const wrong = shown.flatMap(([part, words, least]) =>
      Object.entries(roles)
        .filter(([path, role]) => words.includes(mark(path)) && highest(role, least) !== least)
        .map(([path]) => `${part} names ${path}`),
    );
    expect([...new Set(wrong)]).toEqual([]);
    // Digests of a request stay in the database; everything else may be in a custom text.
    const sent = leaves.filter((path) => !path.startsWith("request."));
    const most = sent.map((path) => EVENT_DATA_VISIBILITY[path] ?? "admin").reduce(highest, "viewer");
    expect(highest(most, known.payload)).toBe(known.payload);
  },
);

test("fault E14: every line of the tables is about something that exists, and what does not exist is for administrators", () => {
  const types = [...CATALOG.map(({ type }) => type), "channel.test"];
  expect(Object.keys(EVENT_VISIBILITY).sort()).toEqual(types.sort());
  const leaves = new Set(CATALOG.flatMap((entry) => leavesOf(schemaOf(entry.data))));
  expect(Object.keys(EVENT_DATA_VISIBILITY).filter((path) => !leaves.has(path))).toEqual([]);
  expect(new Set(Object.values(eventVisibility("unheard.of")))).toEqual(new Set(["admin"]));
});

test("fault E14: only administrators ask about other people's addresses: every other verb that takes one is about the caller", () => {
  const taking = verbs.filter(({ permission, input }) => {
    const { properties = {} } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
    return permission !== "admin" && Object.keys(properties).some((name) => /mail|recipient|address|user/i.test(name));
  });
  expect(taking.map(({ name }) => name)).toEqual([
    "acknowledgeLinks.use",
    "invitations.accept",
    "profile.update",
    "session.signIn",
    "setup.create",
  ]);
});
