import { expect, test } from "vitest";
import { allDestinations, allSources } from "./registry";
import { installAdvice, toolPackages } from "./tool-packages";

const kinds = [...allSources(), ...allDestinations()];

test.each(kinds.map((kind) => [kind.id, kind] as const))(
  "%s declares a whole form, and its example fits",
  (_, kind) => {
    const { properties, required = [] } = kind.formSchema() as {
      properties: Record<string, { label?: string; secret?: boolean; type?: unknown; anyOf?: unknown }>;
      required?: string[];
    };
    for (const [name, field] of Object.entries(properties)) {
      expect([name, field.label]).toEqual([name, expect.stringMatching(/./)]);
      expect([name, field.type ?? field.anyOf]).not.toEqual([name, undefined]);
      expect(Boolean(field.secret)).toBe(kind.secretFields.includes(name));
    }
    expect(required.length).toBeGreaterThan(0);
    expect(kind.configSchema.safeParse(kind.example).success).toBe(true);
    expect(kind.configSchema.safeParse({}).success).toBe(false);
  },
);

test.each(kinds.map((kind) => [kind.id, kind] as const))(
  "%s declares what the picker and the lists show",
  (_, kind) => {
    // More than that does not fit beside two others.
    expect(kind.tagline).toMatch(/^\w.{5,27}$/);
    expect(kind.aliases.length).toBeGreaterThan(0);
    // Path data and nothing else: it is written into an attribute.
    expect(kind.icon.path).toMatch(/^[Mm][\d\s.,a-zA-Z-]+$/);
    expect(kind.summary(kind.example)).not.toBe("");
    for (const name of kind.secretFields)
      expect(kind.summary(kind.example)).not.toContain(String((kind.example as Record<string, unknown>)[name]));
  },
);

test("marks are unique among sources and among destinations", () => {
  for (const list of [allSources(), allDestinations()])
    expect(new Set(list.map((kind) => kind.icon.path)).size).toBe(list.length);
});

test.each(kinds.map((kind) => [kind.id, kind] as const))(
  "%s names a Debian package for each of its tools",
  (_, kind) => {
    for (const tool of kind.tools) expect(installAdvice(tool)).toContain("apt install ");
    expect(Object.keys(kind.packages).sort()).toEqual([...kind.tools].sort());
  },
);

test("the secret fields of a source are those that its form marks", () => {
  expect(allSources().find((kind) => kind.id === "postgres")?.secretFields).toEqual(["password"]);
});

test("every tool that is run has a Debian package to name", () => {
  expect(Object.keys(toolPackages())).toEqual(expect.arrayContaining(["tar", "zstd", "pg_dump", "pg_restore", "psql"]));
});

test("a source that restores to a database checks the database's name, and only such a source does", () => {
  for (const source of allSources().filter((one) => !one.backUp))
    expect(source.databaseName !== undefined).toBe(source.restoresTo === "database");
});
