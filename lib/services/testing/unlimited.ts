import { z } from "zod";

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  not?: unknown;
}

/**
 * Places of an input that take more than any limit in its description says: texts without a maximum of characters,
 * lists without one of entries, records without one of names, numbers without bounds, and values of any shape.
 * @returns one line per place: `config.to[]: text`
 */
export function unlimitedPlaces(schema: z.core.$ZodType): string[] {
  return unlimitedInForm(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

/** As `unlimitedPlaces`, for a JSON schema. */
export function unlimitedInForm(schema: object): string[] {
  return [...new Set(placesOf(schema, ""))];
}

function placesOf(schema: Schema, path: string): string[] {
  const place = (what: string) => [`${path || "(whole)"}: ${what}`];
  const members = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (members.length > 0) return members.flatMap((member) => placesOf(member, path));
  if (schema.enum || "const" in schema || schema.not) return [];
  if (Array.isArray(schema.type)) return schema.type.flatMap((type) => placesOf({ ...schema, type }, path));
  switch (schema.type) {
    case "boolean":
    case "null":
      return [];
    case "string":
      return schema.maxLength === undefined ? place("text") : [];
    case "number":
    case "integer":
      return isBounded(schema) ? [] : place("number");
    case "array":
      return [
        ...(schema.maxItems === undefined && !schema.prefixItems ? place("list") : []),
        ...(typeof schema.items === "object" ? placesOf(schema.items, `${path}[]`) : []),
        ...(schema.prefixItems ?? []).flatMap((item) => placesOf(item, `${path}[]`)),
      ];
    case "object":
      return [
        ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
          placesOf(value, path ? `${path}.${key}` : key),
        ),
        ...placesOfRecord(schema, path),
      ];
    default:
      return place("anything");
  }
}

function placesOfRecord({ additionalProperties, propertyNames, maxProperties }: Schema, path: string): string[] {
  if (typeof additionalProperties !== "object") return [];
  return [
    ...(maxProperties === undefined && !propertyNames?.enum ? [`${path}: record`] : []),
    ...(propertyNames ? placesOf(propertyNames, `${path}{name}`) : []),
    ...placesOf(additionalProperties, `${path}{}`),
  ];
}

/** What zod itself bounds whole numbers by is no limit of ours. */
function isBounded({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Schema): boolean {
  const isSet = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  return isSet(minimum ?? exclusiveMinimum) && isSet(maximum ?? exclusiveMaximum);
}
