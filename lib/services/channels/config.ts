import { z } from "zod";
import { AppError, isAppError, messageOf } from "@/lib/core/errors";
import { describeForm, formProblems } from "@/lib/core/form-limits";
import { inputSentence } from "@/lib/core/input-sentence";
import { limitedRecord } from "@/lib/core/limited-record";
import { hasCredentials, movedSecrets } from "@/lib/core/secret-recipients";
import type { Provider } from "@/lib/providers/contract";
import { providerOf } from "@/lib/providers/registry";
import { type Config, joinSecrets, mergeSecrets } from "@/lib/secrets/config";
import { type OpenedReferences, openReferences } from "@/lib/secrets/references";
import { assertKnownFields, fieldsOf } from "@/lib/services/verb";

/** A configuration as a form or a caller sends it; the provider's schema validates it. */
export const configInput = limitedRecord(z.string().max(100), z.unknown(), 200);

/** @throws AppError `invalid` for an unknown service */
export function requireProvider(id: string): Provider {
  const provider = providerOf(id);
  if (provider) return provider;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { provider: `Belfry knows no service called ${id}.` },
  });
}

/** True when messages of the service, or of one that its configuration names, may ring on until they are stopped. */
export function mayRing(providerId: string): boolean {
  const provider = providerOf(providerId);
  return Boolean(provider?.stopRinging ?? provider?.delegatesTo);
}

/** Anything that declares a configuration: a channel's service, a source, a destination. */
export interface Configurable extends Pick<Provider, "secretFields"> {
  readonly configSchema: z.ZodObject;
}

/**
 * Checks a complete configuration by the provider's own schema. References in secrets are checked by what they name now,
 * and stay references.
 * @returns the configuration to store: trimmed, with defaults
 * @throws AppError `invalid`, each issue beside its field as `config.url`
 */
export function checkConfig(provider: Configurable, config: Config): Config {
  const beyond = formProblems(describeForm(provider.configSchema), config);
  const tooLarge = new Set(Object.keys(beyond).map(topName));
  // What is beyond its limit is looked at no further; the other fields are, so that one answer names all.
  const limited = Object.fromEntries(Object.entries(config).filter(([name]) => !tooLarge.has(name)));
  const { config: opened, fields } = openForForm(provider, limited);
  const parsed = parse(provider, opened);
  if (parsed.success && tooLarge.size === 0)
    return { ...(parsed.data as Config), ...Object.fromEntries(fields.map((name) => [name, config[name]])) };
  const problems = Object.entries(parsed.success ? {} : fieldsOf(parsed.error)).filter(
    ([path]) => !tooLarge.has(topName(path)),
  );
  // A problem of the whole has no path.
  const named = ([path, text]: [string, string]) => [path ? `config.${path}` : "config", text] as const;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: Object.fromEntries([...problems, ...Object.entries(beyond)].map(named)),
  });
}

/** The field of a path such as `headers.X-Key` or `to[3]`. */
function topName(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

function openForForm(provider: Configurable, config: Config): OpenedReferences {
  try {
    return openReferences(config, provider);
  } catch (error) {
    const fields = isAppError(error) ? error.details.fields : undefined;
    if (!fields) throw error;
    const named = Object.fromEntries(Object.entries(fields).map(([name, sentence]) => [`config.${name}`, sentence]));
    throw new AppError("invalid", "Some fields are invalid.", { fields: named });
  }
}

/** A stored configuration for use, with what its references name; those that lead nowhere stay as they are. */
export function usableConfig(provider: Configurable, row: { config: unknown; secrets: string | null }): Config {
  const stored = storedConfig(row);
  try {
    return openReferences(stored, provider).config;
  } catch {
    return stored;
  }
}

/**
 * Merges the given fields into the stored configuration: a field that is not sent stays, null clears it.
 * Secrets that are blank or `{ stored: true }` stay as well, as long as they go to where they were entered for.
 * @param stored complete, with the secrets themselves
 * @param moved for a stored secret that would go to somebody else: `ask` for it again, or `withhold` it
 * @throws AppError `invalid` for a field that neither the schema nor the stored configuration knows, for a secret to be
 * entered again, and for an address with a user and password in it
 */
export function mergeConfig(
  provider: Configurable,
  stored: Config,
  incoming: Config,
  moved: "ask" | "withhold" = "ask",
): Config {
  assertKnownFields(provider.configSchema, incoming, stored);
  const { secretFields } = provider;
  const plain = { ...withoutSecrets(provider, stored), ...incoming };
  const merged = withoutNull(mergeSecrets(stored, plain, secretFields));
  const gone = movedSecrets(provider.configSchema, stored, merged).map(({ name }) => name);
  const own = Object.fromEntries(Object.entries(stored).filter(([name]) => !gone.includes(name)));
  const entered = withoutNull(mergeSecrets(own, plain, secretFields));
  if (moved === "ask") {
    assertNoneKept(provider, stored, merged, entered);
    assertNoCredentials(provider, stored, merged);
  }
  return entered;
}

/** @throws AppError `invalid` beside each secret that was kept although it would go to somebody else */
function assertNoneKept(provider: Configurable, stored: Config, merged: Config, entered: Config): void {
  const kept = movedSecrets(provider.configSchema, stored, merged).filter(
    // One that the form does not show is not asked for: it is removed.
    ({ name, isShown }) => isShown && JSON.stringify(merged[name]) !== JSON.stringify(entered[name]),
  );
  if (kept.length === 0) return;
  const fields = kept.map(({ name, because }) => [
    `config.${name}`,
    `Enter this again: “${because}” was changed, and what is stored is sent only to where it was entered for.`,
  ]);
  throw new AppError("invalid", "Some fields are invalid.", { fields: Object.fromEntries(fields) });
}

/** @throws AppError `invalid` beside each new address that would show a user or password to everybody who sees it */
function assertNoCredentials({ configSchema, secretFields }: Configurable, stored: Config, merged: Config): void {
  const open = Object.keys(merged).filter(
    (name) =>
      !secretFields.includes(name) &&
      name in configSchema.shape &&
      merged[name] !== stored[name] &&
      hasCredentials(merged[name]),
  );
  if (open.length === 0) return;
  const words = "Leave user and password out of this address: it is not stored as a secret.";
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: Object.fromEntries(open.map((name) => [`config.${name}`, words])),
  });
}

/** A stored configuration with its secrets; parts that cannot be read count as missing. */
export function storedConfig(row: { config: unknown; secrets: string | null }): Config {
  const plain = isRecord(row.config) ? row.config : {};
  try {
    return joinSecrets(plain, row.secrets);
  } catch {
    return joinSecrets(plain, null);
  }
}

/** Why a stored configuration cannot be used; null when it can. */
export function configProblem(
  row: { provider: string; config: unknown; secrets: string | null },
  hasSystemMail: boolean,
): string | null {
  const provider = providerOf(row.provider);
  if (!provider) return `Belfry knows no service called ${row.provider}.`;
  if (!isRecord(row.config)) return "The stored configuration cannot be read. Fill in the form again.";
  let config: Config;
  try {
    config = openReferences(joinSecrets(row.config, row.secrets), provider).config;
  } catch (error) {
    return messageOf(error);
  }
  const parsed = parse(provider, config);
  if (!parsed.success) {
    const issues = Object.entries(fieldsOf(parsed.error)).map(([field, message]) => `${field}: ${message}`);
    return `The stored configuration is no longer valid. ${issues.join(" ")}`;
  }
  if (config.useSystemServer === true && !hasSystemMail) {
    return "It uses the system mail server, which is not set. Fill in Settings, Email.";
  }
  return null;
}

function parse(provider: Configurable, config: Config) {
  return provider.configSchema.safeParse(config, { error: inputSentence });
}

function withoutNull(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
}

function withoutSecrets(provider: Configurable, config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !provider.secretFields.includes(name)));
}

function isRecord(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
