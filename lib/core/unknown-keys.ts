import type { z } from "zod";
import { closestName } from "./did-you-mean";

/** Something in an input that its schema does not know. */
export interface UnknownKey {
  /** Where it is, itself included: `["rules", 0, "chanel"]`. */
  path: (string | number)[];
  /** A sentence that names it, and what was probably meant. */
  message: string;
}

type Path = readonly (string | number)[];

/** As many names as a sentence can list. */
const MAX_LISTED = 12;

/**
 * Finds what a caller sent and a schema would silently drop: keys of objects at any depth that it does not declare.
 * What a schema takes whole (`unknown`, a record's keys, what a transformation begins with) is not looked into.
 * Values of an unexpected shape are left to the schema itself.
 */
export function unknownKeys(schema: z.core.$ZodType, value: unknown, path: Path = []): UnknownKey[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return isRecord(value) ? inObject(def, value, path) : [];
    case "array":
      return Array.isArray(value)
        ? value.flatMap((item, index) => unknownKeys(def.element, item, [...path, index]))
        : [];
    case "record":
      return isRecord(value)
        ? Object.entries(value).flatMap(([key, item]) => unknownKeys(def.valueType, item, [...path, key]))
        : [];
    case "union":
      return inUnion(def.options, value, path);
    case "pipe":
      return unknownKeys(def.in._zod.def.type === "transform" ? def.out : def.in, value, path);
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "catch":
    case "readonly":
      return unknownKeys(def.innerType, value, path);
    default:
      return [];
  }
}

function inObject(def: z.core.$ZodObjectDef, value: Record<string, unknown>, path: Path): UnknownKey[] {
  const known = Object.keys(def.shape);
  return Object.entries(value).flatMap(([key, item]) => {
    if (item === undefined) return [];
    const own = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
    if (own) return unknownKeys(own, item, [...path, key]);
    const takesAny = def.catchall !== undefined && def.catchall._zod.def.type !== "never";
    return takesAny ? [] : [{ path: [...path, key], message: sentence(key, known) }];
  });
}

/** Of the members that the value may be, the one that knows most of it. */
function inUnion(options: readonly z.core.$ZodType[], value: unknown, path: Path): UnknownKey[] {
  const possible = options.filter((option) => mayBe(option, value)).map((option) => unknownKeys(option, value, path));
  return possible.sort((a, b) => a.length - b.length)[0] ?? [];
}

/** Whether a value has the shape of a schema, and the constants that tell members of a union apart. */
function mayBe(schema: z.core.$ZodType, value: unknown): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "array") return Array.isArray(value);
  if (def.type !== "object") return !isRecord(value) && !Array.isArray(value);
  return (
    isRecord(value) &&
    Object.entries(def.shape).every(([key, field]) => {
      const { values } = field._zod;
      return value[key] === undefined || !values || values.has(value[key] as z.core.util.Primitive);
    })
  );
}

function sentence(key: string, known: readonly string[]): string {
  const shown = key.length > 64 ? `${key.slice(0, 64)}…` : key;
  const meant = closestName(key, known);
  if (meant) return `“${shown}” is not known here. Did you mean “${meant}”?`;
  if (known.length === 0) return `“${shown}” is not known here: this takes no fields.`;
  return `“${shown}” is not known here.${known.length <= MAX_LISTED ? ` Known are: ${known.join(", ")}.` : ""}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
