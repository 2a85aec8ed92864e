import { findChannel, mailServerChangedAt, settingValue } from "@/db/queries/dispatch";
import { MAIL_SETTINGS } from "@/db/stores/system-mail-settings";
import type { RateLimit, TextSet } from "@/lib/core/delivery";
import { messageOf } from "@/lib/core/errors";
import { SYSTEM_MAIL_ID, SYSTEM_MAIL_NAME } from "@/lib/core/system-mail";
import { topicCacheById } from "@/lib/core/topic-cache";
import type { Rate } from "@/lib/policy/rate";
import type { Provider } from "@/lib/providers/contract";
import { MAIL_SECRETS, MAIL_SERVER_FIELDS } from "@/lib/providers/kit/mail-server";
import { mailProvider, providerOf } from "@/lib/providers/registry";
import { type Config, joinSecrets } from "@/lib/secrets/config";
import { type Redact, redactor } from "@/lib/secrets/redact";
import { type OpenedReferences, openReferences } from "@/lib/secrets/references";
import { resolveProvider } from "./resolve-provider";

/** A channel ready to send: its configuration parsed, with secrets, and what hides them again. */
export interface LoadedChannel {
  id: string;
  name: string;
  /** When a person or a key last changed it. */
  updatedAt: number;
  enabled: boolean;
  /** As it is stored; `provider` is the one that it delegates to. */
  providerId: string;
  provider: Provider;
  config: unknown;
  /** Configurations by recipient, when the channel has several targets. */
  targets?: ReadonlyMap<string, unknown>;
  /** Custom text for everything that it sends. */
  texts: TextSet | null;
  /** The admin's own limit, besides the service's. */
  rateLimit: Rate | null;
  /** The secrets themselves, for callers with more to redact. */
  secrets: readonly string[];
  redact: Redact;
  /** Its secrets name variables or files, which are read again for each attempt. */
  hasReferences: boolean;
}

/** Why a stored channel cannot be used: a sentence for the delivery log. */
export interface BrokenChannel {
  id: string;
  name: string;
  updatedAt: number;
  enabled: boolean;
  broken: string;
  /** A secret that it names cannot be read now: it may be back at the next attempt. */
  isTemporary?: boolean;
}

/**
 * Channels ready to send, by id. The settings hold the system mail server, which channels may use. A channel that is
 * changed while it is read is not kept.
 */
const channels = topicCacheById<LoadedChannel | BrokenChannel>(
  "channels",
  async (id) => {
    const row = id === SYSTEM_MAIL_ID ? await systemMailRow() : await findChannel(id);
    return row ? await readyChannel(row) : null;
  },
  { clearedBy: ["settings"] },
);

/** The system mail server in the form of a channel to all administrators; null while none is set. */
async function systemMailRow(): Promise<ChannelToOpen | null> {
  const updatedAt = await mailServerChangedAt();
  if (updatedAt === null) return null;
  const config = { useSystemServer: true, toAdmins: true };
  const { id: provider } = mailProvider();
  return { id: SYSTEM_MAIL_ID, name: SYSTEM_MAIL_NAME, enabled: true, provider, config, secrets: null, updatedAt };
}

/** The channel with its secrets opened; null when there is none of that id. */
export async function loadChannel(id: string): Promise<LoadedChannel | BrokenChannel | null> {
  return channels.fresh(id) ?? (await channels.read(id));
}

/**
 * The channel for an attempt. What says that nothing may be sent is never taken from memory: a channel that was
 * enabled again a moment ago, by another process, must not cancel anything. Secrets that name variables or files are read
 * again, because a file may have been replaced.
 */
export async function channelToSendThrough(id: string): Promise<LoadedChannel | BrokenChannel | null> {
  const known = channels.fresh(id) ?? (await channels.read(id));
  if (known?.enabled && !("broken" in known) && !known.hasReferences) return known;
  channels.drop(id);
  return await channels.read(id);
}

/** What is in memory at this moment, for sending when the database cannot be reached. */
export function channelInMemory(id: string): LoadedChannel | null {
  const known = channels.last(id);
  return known && !("broken" in known) ? known : null;
}

/** A channel as it is stored, or as a form has it. */
interface ChannelToOpen {
  id: string;
  name: string;
  enabled: boolean;
  provider: string;
  config: Config;
  secrets: string | null;
  updatedAt: number;
  texts?: TextSet | null;
  rateLimit?: RateLimit | null;
}

/** Opens and parses one stored row or one unsaved draft. */
export async function readyChannel(row: ChannelToOpen): Promise<LoadedChannel | BrokenChannel> {
  const { id, name, enabled, updatedAt } = row;
  const provider = providerOf(row.provider);
  if (!provider) return { id, name, updatedAt, enabled, broken: `Belfry knows no service called ${row.provider}.` };
  try {
    const config = joinSecrets(row.config, row.secrets);
    const stored = await withSystemMail(config);
    const opened = tryToOpen(stored, provider);
    if ("missing" in opened) return { id, name, updatedAt, enabled, broken: opened.missing, isTemporary: true };
    const whole = opened.config;
    const sender = resolveProvider(provider, provider.parse(whole));
    const configs = [config, whole, ...[sender.config, ...(sender.targets?.values() ?? [])].filter(isConfig)];
    const fields = [...provider.secretFields, ...sender.provider.secretFields, ...MAIL_SECRETS];
    const secrets = [...new Set([...opened.values, ...configs.flatMap((one) => secretValues(one, fields))])];
    return {
      id,
      name,
      updatedAt,
      enabled,
      providerId: row.provider,
      ...sender,
      texts: row.texts ?? null,
      rateLimit: row.rateLimit ? { requests: row.rateLimit.requests, perMs: row.rateLimit.perSeconds * 1000 } : null,
      secrets,
      redact: redactor(secrets, configs.flatMap(usersIn)),
      hasReferences: opened.fields.length > 0,
    };
  } catch (error) {
    return { id, name, updatedAt, enabled, broken: `Its configuration cannot be used: ${messageOf(error)}` };
  }
}

/** A secret that cannot be read now is no fault of the configuration. */
function tryToOpen(config: Config, provider: Provider): OpenedReferences | { missing: string } {
  const secretFields = [...provider.secretFields, ...MAIL_SECRETS];
  try {
    return openReferences(config, { secretFields, configSchema: provider.configSchema });
  } catch (error) {
    return { missing: messageOf(error) };
  }
}

function isConfig(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A channel that uses the system mail server gets its values in place of its own. */
async function withSystemMail(config: Config): Promise<Config> {
  if (config.useSystemServer !== true) return config;
  const stored = await settingValue<{ config: Config; secrets: string | null }>(MAIL_SETTINGS);
  if (!stored) throw new Error("The system mail server is not set. Fill in Settings, Email.");
  const server = joinSecrets(stored.config, stored.secrets);
  const fields = Object.fromEntries(MAIL_SERVER_FIELDS.map((name) => [name, server[name]]));
  return { ...config, ...fields, from: config.from || server.from };
}

/** Names that may accompany a secret in Basic authentication: services call them user, account, address of a bot. */
function usersIn(config: Config): string[] {
  return Object.values(config).filter(
    (value): value is string => typeof value === "string" && value !== "" && value.length <= 200,
  );
}

function secretValues(config: Config, fields: readonly string[]): string[] {
  return fields.flatMap((field) => {
    const value = config[field];
    if (typeof value === "string" && value) return [value];
    return typeof value === "object" && value !== null
      ? Object.values(value).filter((part): part is string => typeof part === "string" && part !== "")
      : [];
  });
}
