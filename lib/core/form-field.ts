import type { z } from "zod";

/** What stands beside a field on the form. Only `secret` also decides storage, redaction and the API. */
export interface FieldMeta {
  label: string;
  help?: string;
  placeholder?: string;
  /** Sealed, shown as "stored", blank keeps. */
  secret?: boolean;
  widget?: "text" | "textarea" | "select" | "switch" | "number" | "list" | "pairs" | "password";
  /** Folded away under Advanced. */
  advanced?: boolean;
  /** Shown only while another field has one of these values. */
  showWhen?: { field: string; is: (string | boolean)[] };
  /** Names of the values of a choice. */
  optionLabels?: Record<string, string>;
}

/**
 * Describes one configuration field. The metadata survives `z.toJSONSchema(config, { io: "input" })`,
 * from which the form is drawn; call it last, on the finished schema of the field.
 */
export function field<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  return schema.meta({ ...meta }) as S;
}
