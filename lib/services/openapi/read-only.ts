import type { z } from "zod";
import { AppError } from "@/lib/core/errors";
import type { Operation } from "./operation";

/** Names that reading a path answers and changing it does not take: what Belfry itself decides, such as `createdAt`. */
export function readOnlyNames(operations: readonly Operation[], changing: Operation): string[] {
  if (changing.method !== "PATCH") return [];
  const taken = new Set(namesOf(changing.body ?? changing.verb.input));
  const answers = operations
    .filter(({ path, method }) => path === changing.path && (method === "GET" || method === "PATCH"))
    .flatMap(({ answer }) => (answer ? namesOf(answer) : []));
  return [...new Set(answers)].filter((name) => !taken.has(name)).sort();
}

/**
 * Refuses a body that was read as a whole and sent back: by name, since what changes meanwhile would be lost silently.
 * @param params of the path; the same name in the body has to have the same value
 * @throws AppError `invalid` beside each field
 */
export function refuseReadOnly(body: object, params: Record<string, string>, readOnly: readonly string[]): void {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    if (readOnly.includes(name)) fields[name] = `“${name}” is read-only: leave it out.`;
    const inPath = Object.hasOwn(params, name) ? params[name] : undefined;
    if (inPath !== undefined && value !== inPath) fields[name] = `The path says ${inPath}: leave this out.`;
  }
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

/** The names of an object, of whichever member of a union. */
function namesOf(schema: z.core.$ZodType): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return Object.keys(def.shape);
    case "union":
      return def.options.flatMap(namesOf);
    case "intersection":
      return [...namesOf(def.left), ...namesOf(def.right)];
    case "pipe":
      // What is prepared before it is read is described by what reads it.
      return namesOf(def.in._zod.def.type === "transform" ? def.out : def.in);
    case "optional":
    case "nullable":
    case "default":
      return namesOf(def.innerType);
    default:
      return [];
  }
}
