import { openJson, sealJson } from "./seal";

export type Config = Record<string, unknown>;

/** Placeholder for a stored secret: all that a browser or an API caller sees of it. */
export const STORED = { stored: true } as const;

/** The sealing purpose of configurations. */
export const CONFIG_PURPOSE = "config";

export function isStoredMark(value: unknown): boolean {
  return isRecord(value) && value.stored === true && Object.keys(value).length === 1;
}

/**
 * Splits a configuration into its readable part and its sealed secrets.
 * @param config complete, with the secrets themselves
 * @returns `plain` has a `{ stored: true }` in place of each secret (of each value, where the field holds named values)
 */
export function splitSecrets(
  config: Config,
  secretFields: readonly string[],
): { plain: Config; sealed: string | null } {
  const secrets = Object.fromEntries(
    secretFields.filter((name) => isSet(config[name])).map((name) => [name, config[name]]),
  );
  return {
    plain: maskSecrets(config, secretFields),
    sealed: Object.keys(secrets).length > 0 ? sealJson(secrets, CONFIG_PURPOSE) : null,
  };
}

/** Restores the complete configuration; anything but an object counts as an empty one. @throws AppError `unavailable` when the key does not open the secrets */
export function joinSecrets(plain: Config, sealed: string | null): Config {
  const config = Object.fromEntries(
    Object.entries(isRecord(plain) ? plain : {}).filter(([, value]) => !holdsMark(value)),
  );
  return sealed ? { ...config, ...openJson<Config>(sealed, CONFIG_PURPOSE) } : config;
}

/**
 * Completes what a form or an API caller sent with the stored secrets it did not send again.
 * A secret that is absent, blank or `{ stored: true }` keeps what is stored; null clears it. Where the field
 * holds named values, a name that is not sent is gone, and each value follows the same rule.
 * @param stored the complete stored configuration, with the secrets themselves
 */
export function mergeSecrets(stored: Config, incoming: Config, secretFields: readonly string[]): Config {
  const merged: Config = { ...incoming };
  for (const name of secretFields) {
    const value = mergeValue(stored[name], incoming[name]);
    if (isSet(value)) merged[name] = value;
    else delete merged[name];
  }
  return merged;
}

function mergeValue(stored: unknown, incoming: unknown): unknown {
  if (incoming === null) return undefined;
  if (incoming === undefined || incoming === "" || isStoredMark(incoming)) return stored;
  if (!isRecord(incoming)) return incoming;
  const known = isRecord(stored) ? stored : {};
  return Object.fromEntries(
    Object.entries(incoming)
      .map(([name, value]) => [name, mergeValue(Object.hasOwn(known, name) ? known[name] : undefined, value)] as const)
      .filter(([, value]) => isSet(value)),
  );
}

/** Returns the configuration with `{ stored: true }` in place of each secret that is set; `{}` for anything but an object. */
export function maskSecrets(config: Config, secretFields: readonly string[]): Config {
  const masked: Config = isRecord(config) ? { ...config } : {};
  for (const name of secretFields) {
    const value = masked[name];
    if (!isSet(value)) delete masked[name];
    else if (isRecord(value) && !isStoredMark(value)) {
      masked[name] = Object.fromEntries(Object.keys(value).map((key) => [key, STORED]));
    } else masked[name] = STORED;
  }
  return masked;
}

function holdsMark(value: unknown): boolean {
  return (
    isStoredMark(value) ||
    (isRecord(value) && Object.values(value).length > 0 && Object.values(value).every(isStoredMark))
  );
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(isRecord(value) && Object.keys(value).length === 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
