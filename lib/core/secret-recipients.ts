import type { z } from "zod";
import type { FieldMeta, SecretRecipients } from "./form-field";

type Values = Record<string, unknown>;

/** What declares a configuration's fields. */
export type ConfigSchema = z.ZodObject;

/** A server that a secret is sent to. */
export interface Recipient {
  /** A name or an address, in small letters. */
  host: string;
  /** Null where it is not known. */
  port: number | null;
}

/** A secret that would go to another recipient than the one it was entered for. */
export interface MovedSecret {
  name: string;
  /** The label of the field whose change moves it. */
  because: string;
  /** False where the form does not show it for these values: it is not used then. */
  isShown: boolean;
}

/** The fields of a configuration's schema with what each declares. */
export function fieldMetas(schema: ConfigSchema): ReadonlyMap<string, Partial<FieldMeta>> {
  const shape = schema.shape as Record<string, z.ZodType>;
  return new Map(Object.entries(shape).map(([name, one]) => [name, (one.meta() ?? {}) as Partial<FieldMeta>]));
}

/** The fields that say where a secret goes; empty for one that is its own address, or goes to nobody. */
export function addressesOf(recipients: SecretRecipients | undefined): readonly string[] {
  return typeof recipients === "object" && !("nobody" in recipients) ? recipients : [];
}

/**
 * The secrets whose recipient differs between two complete configurations: another address, or a check of the other end
 * that was given up. Pure.
 */
export function movedSecrets(schema: ConfigSchema, before: Values, after: Values): MovedSecret[] {
  const metas = fieldMetas(schema);
  const value = (config: Values, name: string) => parsedValue(schema, config, name);
  const loosened = [...metas].find(([name, { loosenedBy }]) =>
    isLoosened(loosenedBy, value(before, name), value(after, name)),
  )?.[0];
  return [...metas].flatMap(([name, { secret, sentTo }]) => {
    if (!secret || (typeof sentTo === "object" && "nobody" in sentTo)) return [];
    const moved = addressesOf(sentTo).find(
      (address) => address !== name && !isSameAddress(value(before, address), value(after, address)),
    );
    const cause = moved ?? loosened;
    if (cause === undefined) return [];
    return [
      { name, because: metas.get(cause)?.label ?? cause, isShown: isShown(metas, name, (of) => value(after, of)) },
    ];
  });
}

/** The value with its default, as the schema takes it; as it is where the schema refuses it. */
function parsedValue(schema: ConfigSchema, config: Values, name: string): unknown {
  const parsed = (schema.shape as Record<string, z.ZodType>)[name]?.safeParse(config[name] ?? undefined);
  return (parsed?.success ? parsed.data : config[name]) ?? "";
}

function isLoosened(by: FieldMeta["loosenedBy"], before: unknown, after: unknown): boolean {
  if (by === "on") return before !== true && after === true;
  if (by === "off") return before === true && after !== true;
  return by === "text" && after !== "" && after !== before;
}

/** Web addresses by scheme, host and port; anything else by every letter. From http to https of one host nothing is lost. */
function isSameAddress(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  const [one, other] = [webAddress(before), webAddress(after)];
  if (!one || !other) return false;
  if (one.origin === other.origin) return true;
  const isUpgrade = one.protocol === "http:" && other.protocol === "https:" && one.port === "" && other.port === "";
  return isUpgrade && one.hostname === other.hostname;
}

function webAddress(value: unknown): URL | null {
  return typeof value === "string" && /^https?:/i.test(value) && URL.canParse(value) ? new URL(value) : null;
}

function isShown(
  metas: ReadonlyMap<string, Partial<FieldMeta>>,
  name: string,
  value: (name: string) => unknown,
  seen: readonly string[] = [],
): boolean {
  const condition = metas.get(name)?.showWhen;
  if (!condition || seen.includes(name)) return true;
  const isMet = condition.is.some((one) => one === value(condition.field));
  return isMet && isShown(metas, condition.field, value, [...seen, name]);
}

/** True when a web address carries a user or a password, which everybody who sees the address would see. */
export function hasCredentials(value: unknown): boolean {
  const url = webAddress(value);
  return url !== null && (url.username !== "" || url.password !== "");
}

/**
 * Where a configuration leads, for records: hosts of web addresses, and what else says where its secrets go. Nothing
 * that is a secret, apart from the host of a web address.
 */
export function recipientsIn(schema: ConfigSchema, config: Values): Record<string, unknown> {
  const metas = fieldMetas(schema);
  const named = new Set([...metas].flatMap(([name, { sentTo }]) => (sentTo === "itself" ? name : addressesOf(sentTo))));
  return Object.fromEntries(
    [...named].flatMap((name) => {
      const url = webAddress(config[name]);
      const shown = url ? url.host : metas.get(name)?.secret ? undefined : config[name];
      return typeof shown === "string" || typeof shown === "number" ? [[name, shown]] : [];
    }),
  );
}

/**
 * The servers that a secret of a complete configuration is sent to. Null: it is sent to nobody. Empty: they are not
 * known, because the service itself decides.
 */
export function recipientsOf(schema: ConfigSchema, config: Values, name: string): Recipient[] | null {
  const sentTo = fieldMetas(schema).get(name)?.sentTo;
  if (typeof sentTo === "object" && "nobody" in sentTo) return null;
  const port = Number(parsedValue(schema, config, "port")) || null;
  return (sentTo === "itself" ? [name] : addressesOf(sentTo)).flatMap((address) => {
    const value = parsedValue(schema, config, address);
    const url = webAddress(value);
    if (url) return [{ host: url.hostname, port: Number(url.port) || (url.protocol === "https:" ? 443 : 80) }];
    return address === "host" && typeof value === "string" && value ? [{ host: value.toLowerCase(), port }] : [];
  });
}
