import type { Notification } from "@/lib/core/notification";
import { SEVERITIES, type Severity } from "@/lib/core/severity";
import { TONES, type Tone } from "@/lib/core/tone";

// A stored value may be damaged, or written by another version. A bad value may lose its own meaning, but must
// never fail the query that reads it.

/** Parses JSON text; null when it is invalid. PostgreSQL's driver has parsed it already. */
export function anyJson(stored: unknown): unknown {
  if (typeof stored !== "string") return stored;
  try {
    return JSON.parse(stored) as unknown;
  } catch {
    return null;
  }
}

/** An object; `{}` in place of anything else. */
export function objectJson(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A list; `[]` in place of anything else. */
export function listJson(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns a notification that can be shown and sent, whatever is stored. */
export function notificationJson(value: unknown): Notification {
  const found = objectJson(value) as Partial<Notification>;
  if (isWhole(found)) return found;
  const { type, typeName, tone, severity, title, message, fields, at } = found;
  return {
    type: typeof type === "string" ? type : "unknown",
    typeName: typeof typeName === "string" ? typeName : "Notification",
    tone: TONES.includes(tone as Tone) ? (tone as Tone) : "warning",
    severity: SEVERITIES.includes(severity as Severity) ? (severity as Severity) : "warning",
    title: typeof title === "string" ? title : "A text that cannot be read",
    message: typeof message === "string" ? message : "What was stored of this notification is damaged.",
    fields: Array.isArray(fields) ? fields.filter((field) => typeof field?.label === "string") : [],
    at: typeof at === "number" ? at : 0,
  };
}

function isWhole(found: Partial<Notification>): found is Notification {
  return (
    typeof found.title === "string" &&
    typeof found.message === "string" &&
    typeof found.type === "string" &&
    typeof found.at === "number" &&
    Array.isArray(found.fields)
  );
}
