import { z } from "zod";

/** A part of a service's own JSON schema, as its specification has it. */
export interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
}

/**
 * What is wrong with a value by a service's schema. Members that the schema does not name are wrong too: a service may
 * ignore them, and what they were to say would be lost.
 * @returns one line per problem; none when it conforms
 */
export function problemsBy(schema: Schema, value: unknown): string[] {
  const result = z.fromJSONSchema(strict(schema) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

function strict(schema: Schema): Schema {
  const inner = Object.entries(schema).map(([name, value]) => {
    if (name === "properties") return [name, mapValues(value as Record<string, Schema>)];
    return [name, name === "items" ? strict(value as Schema) : value];
  });
  const closed = schema.properties && schema.additionalProperties === undefined ? { additionalProperties: false } : {};
  return { ...Object.fromEntries(inner), ...closed };
}

function mapValues(properties: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, strict(schema)]));
}
