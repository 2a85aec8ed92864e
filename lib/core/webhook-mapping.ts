import { z } from "zod";
import { SIGNAL_STATES } from "./signal";

const MAX_RULES = 50;

/** A part of a path: a member's name, or a place in a list; negative ones count from its end. */
export type MappingStep = string | number;

/**
 * Parses a path into JSON: `data.items[0].status`, `list[-1]`, `["a.b"].c`; a `$` in front stands for the whole.
 * @returns null for what is none; no steps for the whole value
 */
export function parseMappingPath(path: string): MappingStep[] | null {
  const text = path.trim().replace(/^\$(?=$|[.[])/, "");
  // A dot at the very beginning only follows `$`.
  if (path.trim() === "" || path.trim().startsWith(".")) return null;
  const steps: MappingStep[] = [];
  // A name, a place in brackets, or a name in brackets and quotes, which may hold dots.
  const pattern = /\.?([\w$-]{1,100})|\[(-?\d{1,6})\]|\["([^"]{1,100})"\]/y;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) return null;
    const [, name, place, quoted] = match;
    // `a[0]b` misses a dot.
    if (name !== undefined && at > 0 && text[at] !== ".") return null;
    steps.push(place === undefined ? (name ?? quoted ?? "") : Number(place));
  }
  return steps;
}

const path = z
  .string()
  .max(500)
  .refine((text) => parseMappingPath(text) !== null, {
    message: "This is not a path. Write names with dots and places in brackets, as in data.items[0].status.",
  });

/** How the fields of a job's webhook are found in the JSON that another program sends. */
export const webhookMapping = z.object({
  title: path.optional(),
  message: path.optional(),
  log: path.optional(),
  runKey: path.optional(),
  state: z
    .object({
      path,
      /** The first that equals the value decides; capitals do not count. Words such as `success` and `failed` need none. */
      rules: z
        .array(z.object({ equals: z.string().max(200), state: z.enum(SIGNAL_STATES) }))
        .max(MAX_RULES)
        .default([]),
    })
    .optional(),
  /** ISO 8601, or seconds or milliseconds since 1970. */
  startedAt: path.optional(),
  finishedAt: path.optional(),
  /** Seconds. */
  durationSeconds: path.optional(),
  bytes: path.optional(),
  files: path.optional(),
  exitCode: path.optional(),
});
export type WebhookMapping = z.infer<typeof webhookMapping>;
