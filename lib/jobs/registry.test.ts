import { expect, test } from "vitest";
import { allDestinations, allSources } from "./registry";
import { TOOL_PACKAGES } from "./tool-packages";

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

test("ids are unique, and secrets are where they belong", () => {
  expect(new Set(allSources().map((kind) => kind.id)).size).toBe(allSources().length);
  expect(allSources().find((kind) => kind.id === "postgres")?.secretFields).toEqual(["password"]);
});

test("every tool that is run has a Debian package to name", () => {
  expect(Object.keys(TOOL_PACKAGES)).toEqual(
    expect.arrayContaining(["sqlite3", "tar", "zstd", "pg_dump", "pg_restore", "psql"]),
  );
});
