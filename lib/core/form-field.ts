import type { z } from "zod";

/**
 * Where a secret goes: to the address that it is itself; by the fields named here, which together say where (URL, host,
 * port, kind of encryption); or to nobody, with the reason.
 */
export type SecretRecipients = "itself" | readonly [string, ...string[]] | { nobody: string };

interface ShownMeta {
  label: string;
  help?: string;
  placeholder?: string;
  widget?: "text" | "textarea" | "select" | "switch" | "number" | "list" | "pairs" | "password";
  /**
   * It names a place on this machine, which is checked wherever it is used: an absolute path, or what may be the folder
   * of a socket.
   */
  place?: "path" | "socket";
  /** Folded away under Advanced. */
  advanced?: boolean;
  /** Shown only while another field has one of these values. */
  showWhen?: { field: string; is: (string | boolean)[] };
  /** Names of the values of a choice. */
  optionLabels?: Record<string, string>;
  /**
   * Says who the other end of the connection may be: it could be somebody else once this is switched on, switched off,
   * or given another text. Secrets that were stored before are then asked for again.
   */
  loosenedBy?: "on" | "off" | "text";
}

/** What stands beside a field on the form. Only `secret` and what goes with it decide anything else: storage, redaction, the API. */
export type FieldMeta =
  | (ShownMeta & { secret?: never; sentTo?: never })
  /** Sealed, shown as "stored"; blank keeps it, as long as it still goes to where it was entered for. */
  | (ShownMeta & { secret: true; sentTo: SecretRecipients });

/**
 * Describes one configuration field. The metadata survives `z.toJSONSchema(config, { io: "input" })`,
 * from which the form is drawn; call it last, on the finished schema of the field.
 */
export function field<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  return schema.meta({ ...meta }) as S;
}
