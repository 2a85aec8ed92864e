import { isDeepStrictEqual } from "node:util";
import { channelNames, channelsOfProviders } from "@/db/queries/channels";
import type { ChannelRow } from "@/db/stores/channels";
import { AppError, isAppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import type { Provider } from "@/lib/providers/contract";
import { type Config, splitSecrets } from "@/lib/secrets/config";
import { checkConfig, mergeConfig, requireProvider, storedConfig } from "@/lib/services/channels/config";
import { inspectedConfig } from "@/lib/services/channels/inspect";
import { type NotificationInput, notificationField } from "@/lib/services/jobs/rule-fields";
import { fieldsOf } from "@/lib/services/verb";
import type { ReadHook } from "./hook";

/** A hook as it would become a channel and a rule. */
export interface PlannedChannel {
  key: string;
  provider: Provider;
  /** Of a channel that is there with the same settings, or of the new one. */
  id: string;
  name: string;
  /** Null: there is such a channel already. */
  row: ChannelRow | null;
  rule: NotificationInput;
}

export interface ChannelPlan {
  channels: PlannedChannel[];
  /** Hooks that become none, by their key, with the reason. */
  refused: Map<string, string>;
}

/** A job has no more rules. */
const MAX_HOOKS = 50;

/**
 * Makes channels of hooks: those that are there already with the same settings are used, so that nothing is made twice.
 * @param jobName for names of channels that have none of their own
 * @param ownAddress Belfry's, where it is known
 */
export async function planChannels(
  hooks: readonly ReadHook[],
  { jobName, ownAddress, now }: { jobName: string; ownAddress: string | undefined; now: number },
): Promise<ChannelPlan> {
  if (hooks.length > MAX_HOOKS)
    throw new AppError("invalid", "The file names more than 50 services: a job has 50 rules.");
  const refused = new Map<string, string>();
  const [stored, known] = await Promise.all([
    storedChannels([...new Set(hooks.map(({ provider }) => provider))]),
    channelNames(),
  ]);
  const names = new Set(known.map(({ name }) => name));
  const planned: { channel: PlannedChannel; config: Config }[] = [];
  // One after the other: a check may start a program.
  for (const hook of hooks) {
    const result = pointsAt(ownAddress, hook) ? OWN : await checkHook(hook);
    if ("refusal" in result) {
      refused.set(hook.key, result.refusal);
      continue;
    }
    const { provider, config, rule } = result;
    const isSame = (one: { provider: string; config: Config }) =>
      one.provider === provider.id && isDeepStrictEqual(one.config, config);
    const twin = planned.find(({ channel, config }) => isSame({ provider: channel.provider.id, config }));
    if (twin) {
      refused.set(hook.key, `It is the same channel as ${twin.channel.key}, which has one rule.`);
      continue;
    }
    const existing = stored.find(isSame);
    const name = existing?.name ?? freeName(hook.name ?? `${provider.label} of ${jobName}`, names);
    names.add(name);
    const row = existing ? null : newChannel(name, provider, config, now);
    const id = existing?.id ?? row?.id ?? "";
    planned.push({ config, channel: { key: hook.key, provider, id, name, row, rule: { ...rule, channelId: id } } });
  }
  return { channels: planned.map(({ channel }) => channel), refused };
}

/** Channels of these services with their whole settings, secrets included. */
async function storedChannels(providers: string[]) {
  const rows = await channelsOfProviders(providers);
  return rows.map((row) => ({ id: row.id, name: row.name, provider: row.provider, config: wholeConfig(row) }));
}

const OWN: Checked = { refusal: "It points at Belfry already, and stays in the file." };

function pointsAt(address: string | undefined, { config }: ReadHook): boolean {
  const own = address?.replace(/\/$/, "");
  return (
    own !== undefined && Object.values(config).some((value) => value === own || String(value).startsWith(`${own}/`))
  );
}

type Checked = { provider: Provider; config: Config; rule: NotificationInput } | { refusal: string };

async function checkHook({ provider: id, config, rule: given }: ReadHook): Promise<Checked> {
  const rule = notificationField.safeParse({ ...given, channelId: "new" });
  if (!rule.success) return { refusal: Object.values(fieldsOf(rule.error))[0] ?? "Its rule cannot be read." };
  try {
    const provider = requireProvider(id);
    return { provider, rule: rule.data, config: await inspectedConfig(provider, mergeConfig(provider, {}, config)) };
  } catch (error) {
    if (!isAppError(error) || error.code !== "invalid") throw error;
    const [sentence = error.message] = Object.values(error.details.fields ?? {});
    return { refusal: `As a channel it is invalid: ${sentence}` };
  }
}

/** As it would be stored today: an older version may have stored fewer defaults. */
function wholeConfig(row: ChannelRow): Config {
  const stored = storedConfig(row);
  try {
    return checkConfig(requireProvider(row.provider), stored);
  } catch {
    return stored;
  }
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const base = [...wanted.replaceAll(/\p{Cc}+/gu, " ").trim()].slice(0, 90).join("");
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base} ${number}`)) number += 1;
  return `${base} ${number}`;
}

function newChannel(name: string, provider: Provider, config: Config, now: number): ChannelRow {
  const { plain, sealed } = splitSecrets(config, provider.secretFields);
  return {
    id: newId("chn"),
    name,
    provider: provider.id,
    enabled: true,
    config: plain,
    secrets: sealed,
    subscriptions: [],
    minSeverity: null,
    mutedUntil: null,
    rateLimit: null,
    quietHours: null,
    texts: null,
    reports: null,
    createdAt: now,
    updatedAt: now,
  };
}
