import { describe, expect, it } from "vitest";
import { z } from "zod";
import { field } from "@/lib/core/form-field";
import { addItems } from "./fields/list-items";
import { configOf, errorAt, isShown, startValues, storedNames } from "./form-values";
import { readSchemaFields } from "./schema-fields";

const config = z.object({
  useSystem: field(z.boolean().default(false), { label: "Use the system mail server" }),
  host: field(z.string().optional(), { label: "Host", showWhen: { field: "useSystem", is: [false] } }),
  port: field(z.int().min(1).max(65_535).default(587), {
    label: "Port",
    showWhen: { field: "useSystem", is: [false] },
  }),
  security: field(z.enum(["none", "ssl", "starttls"]).default("starttls"), {
    label: "Security",
    optionLabels: { none: "None", ssl: "SSL/TLS", starttls: "STARTTLS" },
  }),
  from: field(z.string().min(1), { label: "From", placeholder: "backups@example.org" }),
  password: field(z.string().optional(), { label: "Password", secret: true, sentTo: "itself" }),
  token: field(z.string(), { label: "Token", secret: true, sentTo: "itself" }),
  to: field(z.array(z.email()).optional(), { label: "To", widget: "list" }),
  headers: field(z.record(z.string(), z.string()).optional(), {
    label: "Headers",
    secret: true,
    sentTo: "itself",
    advanced: true,
  }),
  template: field(z.string().nullable().optional(), { label: "Template", widget: "textarea", advanced: true }),
});
const schema = z.toJSONSchema(config, { io: "input" }) as Record<string, unknown>;
const fields = readSchemaFields(schema);
const of = (name: string) => {
  const found = fields.find((each) => each.name === name);
  if (!found) throw new Error(`no field ${name}`);
  return found;
};

describe("a schema becomes fields", () => {
  it("in the order of the schema, one kind each", () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["useSystem", "switch"],
      ["host", "text"],
      ["port", "number"],
      ["security", "select"],
      ["from", "text"],
      ["password", "password"],
      ["token", "password"],
      ["to", "list"],
      ["headers", "pairs"],
      ["template", "textarea"],
    ]);
  });

  it("with their metadata", () => {
    expect(of("from")).toMatchObject({ required: true, placeholder: "backups@example.org", secret: false });
    expect(of("port")).toMatchObject({ required: false, default: 587, min: 1, max: 65_535, isInteger: true });
    expect(of("headers")).toMatchObject({ secret: true, advanced: true });
    expect(of("template")).toMatchObject({ label: "Template", advanced: true });
    expect(of("security").options).toEqual([
      { value: "none", label: "None" },
      { value: "ssl", label: "SSL/TLS" },
      { value: "starttls", label: "STARTTLS" },
    ]);
  });

  it("marks as optional only fields that may be empty whatever the others are", () => {
    expect(fields.filter(({ isOptional }) => isOptional).map(({ name }) => name)).toEqual([
      "password",
      "to",
      "headers",
      "template",
    ]);
    const free = z.toJSONSchema(z.object({ a: field(z.string().optional(), { label: "A" }) }), { io: "input" });
    expect(readSchemaFields(free as Record<string, unknown>)[0]).toMatchObject({ required: false, isOptional: false });
  });

  it("starts with the defaults and the given values", () => {
    expect(startValues(schema, { from: "a@b.c", port: 25 })).toEqual({
      useSystem: false,
      port: 25,
      security: "starttls",
      from: "a@b.c",
    });
  });
});

it("shows a field only while its condition holds, also before any choice", () => {
  expect(isShown(of("host"), fields, {})).toBe(true);
  expect(isShown(of("host"), fields, { useSystem: true })).toBe(false);
});

describe("what is sent", () => {
  it("omits hidden and blank fields, and keeps an empty required text so that the server names it", () => {
    const values = { useSystem: true, host: "mail.example.org", port: 587, from: "", to: [], template: "" };
    expect(configOf(schema, values)).toEqual({ useSystem: true, from: "", to: [] });
  });

  it("keeps a stored secret until a new one is typed; removing it sends null", () => {
    const stored = { from: "a", token: { stored: true }, headers: { "X-Key": { stored: true } } };
    expect(configOf(schema, stored)).toEqual(stored);
    expect(storedNames(stored)).toEqual(["token"]);
    expect(configOf(schema, { ...stored, token: "" })).not.toHaveProperty("token");
    expect(configOf(schema, { ...stored, token: "new" })).toMatchObject({ token: "new" });
    expect(configOf(schema, { ...stored, password: null })).toMatchObject({ password: null });
  });

  it("keeps values that the form does not know", () => {
    expect(configOf(schema, { from: "a", later: 1 })).toEqual({ from: "a", later: 1 });
  });
});

it("finds the error of a field, also of one of its items", () => {
  const errors = { "config.to[1]": "This is no address.", "config.headers.X-Key": "One line only.", name: "Taken." };
  expect(errorAt(errors, "config.to")).toBe("This is no address.");
  expect(errorAt(errors, "config.headers")).toBe("One line only.");
  expect(errorAt(errors, "name")).toBe("Taken.");
  expect(errorAt(errors, "config.t")).toBeUndefined();
});

it("splits text that is pasted into a list", () => {
  expect(addItems([], "a@b.c, d@e.f; g@h.i")).toEqual(["a@b.c", "d@e.f", "g@h.i"]);
  expect(addItems(["/tmp"], "*.log, old\n/tmp\n\n cache ")).toEqual(["/tmp", "*.log, old", "cache"]);
  expect(addItems([], "Ana Lima <ana@example.org>")).toEqual(["Ana Lima <ana@example.org>"]);
});
