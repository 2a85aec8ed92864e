import type { z } from "zod";
import { closestName } from "./did-you-mean";

/** Something in an input that its schema does not know. */
export interface UnknownKey {
  /** Where it is, itself included: `["rules", 0, "chanel"]`. */
  path: (string | number)[];
  /** A sentence that names it, and what was probably meant. */
  message: string;
  /** It is a list with more entries than the schema takes, which nobody needs to look at one by one. */
  isTooLong?: true;
}

type Path = readonly (string | number)[];

/** As many names as a sentence can list. */
const MAX_LISTED = 12;
/** As many as an answer names: each is compared with every known name. */
const MAX_FOUND = 50;

/**
 * Finds what a caller sent and a schema would silently drop: keys of objects at any depth that it does not declare. Also
 * finds lists that are too long, before each of their entries is looked at.
 * What a schema takes whole (`unknown`, a record's keys, what a transformation begins with) is not looked into.
 * Values of an unexpected shape are left to the schema itself.
 * @returns the first 50
 */
export function unknownKeys(schema: z.core.$ZodType, value: unknown, path: Path = []): UnknownKey[] {
  return find(schema, value, path, { left: MAX_FOUND });
}

/** How many more are looked for. */
interface Search {
  left: number;
}

function find(schema: z.core.$ZodType, value: unknown, path: Path, search: Search): UnknownKey[] {
  if (search.left <= 0) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return isRecord(value) ? inObject(def, value, path, search) : [];
    case "array":
      return Array.isArray(value) ? inArray(schema, def, value, path, search) : [];
    case "record":
      return isRecord(value)
        ? Object.entries(value).flatMap(([key, item]) => find(def.valueType, item, [...path, key], search))
        : [];
    case "union":
      return inUnion(def.options, value, path, search);
    case "pipe":
      return find(def.in._zod.def.type === "transform" ? def.out : def.in, value, path, search);
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "catch":
    case "readonly":
      return find(def.innerType, value, path, search);
    default:
      return [];
  }
}

function inArray(
  schema: z.core.$ZodType,
  def: z.core.$ZodArrayDef,
  value: readonly unknown[],
  path: Path,
  search: Search,
): UnknownKey[] {
  const limit = exceededLimit(schema, value.length);
  if (limit) {
    search.left = 0;
    // A limit with a sentence of its own says it whatever the issue is.
    const own = limit.error?.(undefined as never);
    const message = typeof own === "string" ? own : `At most ${limit.maximum.toLocaleString("en-US")} entries.`;
    return [{ path: [...path], message, isTooLong: true }];
  }
  return value.flatMap((item, index) => find(def.element, item, [...path, index], search));
}

function exceededLimit(schema: z.core.$ZodType, length: number): z.core.$ZodCheckMaxLengthDef | undefined {
  return (schema._zod.def.checks ?? [])
    .map(({ _zod: { def } }) => def)
    .filter((def): def is z.core.$ZodCheckMaxLengthDef => def.check === "max_length")
    .find(({ maximum }) => length > maximum);
}

function inObject(def: z.core.$ZodObjectDef, value: Record<string, unknown>, path: Path, search: Search): UnknownKey[] {
  const known = Object.keys(def.shape);
  const takesAny = def.catchall !== undefined && def.catchall._zod.def.type !== "never";
  const found: UnknownKey[] = [];
  for (const key of Object.keys(value)) {
    if (search.left <= 0) break;
    const item = value[key];
    if (item === undefined) continue;
    const own = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
    if (own) found.push(...find(own, item, [...path, key], search));
    else if (!takesAny) {
      search.left--;
      found.push({ path: [...path, key], message: sentence(key, known) });
    }
  }
  return found;
}

/** Of the members that the value may be, the one that knows most of it. */
function inUnion(options: readonly z.core.$ZodType[], value: unknown, path: Path, search: Search): UnknownKey[] {
  const possible = options
    .filter((option) => mayBe(option, value))
    .map((option) => find(option, value, path, { left: search.left }));
  const best = possible.sort((a, b) => a.length - b.length)[0] ?? [];
  search.left -= best.length;
  return best;
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
