import { type RawRouting, readRawRouting } from "@/db/stores/routing";
import { readRoutingVersion } from "@/db/stores/settings";
import type { Steps, Tx } from "@/db/transact";
import type { MatcherRoute, RoutedChannel, RoutedSilence, RoutingSnapshot } from "@/lib/core/routing";
import { sharedState } from "@/lib/core/runtime";
import { SYSTEM_MAIL_ID, SYSTEM_MAIL_NAME } from "@/lib/core/system-mail";
import { compileMatcher } from "@/lib/policy/matching";
import type { Provider } from "@/lib/providers/contract";
import { mailProvider, providerOf } from "@/lib/providers/registry";
import { joinSecrets } from "@/lib/secrets/config";
import { openReferences } from "@/lib/secrets/references";
import { audienceOf, mailAddressesOf, type ResolvedProvider, resolveProvider } from "../send/resolve-provider";
import { mailedEvents, readAdminMail } from "./admin-mail";
import { readNotificationSettings } from "./notification-settings";

interface KeptRouting {
  current: { version: number; snapshot: RoutingSnapshot } | null;
}

/** The snapshot of the version that was read last. It is used only where the database says that version. */
const kept = sharedState<KeptRouting>("dispatch.routing", () => ({ current: null }));

/** Forgets the snapshot: versions of another database mean nothing. For tests that open several. */
export function forgetRouting(): void {
  kept.current = null;
}

/** Reads the routing within one transaction, usually from memory. */
export class RoutingReader {
  /** The version that this transaction read: only its own changes can move it. */
  private version: number | null = null;

  /** @param hasChange the transaction changed something itself: then what it reads may never be committed, and is not kept */
  *read(tx: Tx, hasChange: boolean): Steps<RoutingSnapshot> {
    if (hasChange || this.version === null) this.version = yield* readRoutingVersion(tx);
    if (kept.current?.version === this.version) return kept.current.snapshot;
    const snapshot = snapshotOf(yield* readRawRouting(tx));
    if (!hasChange) kept.current = { version: this.version, snapshot };
    return snapshot;
  }
}

/** The routing as the policy sees it. A stored value that makes no sense costs its own channel, never the others. */
export function snapshotOf(raw: RawRouting): RoutingSnapshot {
  const failing = new Set(raw.failingIds);
  const channels = new Map(raw.channels.map((row) => [row.id, routedChannel(row, failing)]));
  if (raw.hasMailServer) channels.set(SYSTEM_MAIL_ID, systemMail(raw, failing));
  const settings = readNotificationSettings(raw.notifications);
  const conditions = [...raw.routes, ...raw.silences].flatMap((one) => one.conditions);
  return {
    channels,
    globalChannels: settings.globalChannels,
    events: settings.events,
    admins: raw.admins,
    matchers: raw.routes.flatMap((row) => unlessThrown(() => matcherRoute(row)) ?? []),
    silences: raw.silences.flatMap((row) => unlessThrown(() => routedSilence(row)) ?? []),
    quietUsers: new Map(
      raw.quietUsers.flatMap(({ id, timezone, quietHours }) =>
        quietHours ? [[id, { ...(timezone ? { timezone } : {}), ...quietHours }] as const] : [],
      ),
    ),
    usesLabels: conditions.some(({ field }) => field === "label"),
    usesProfiles: raw.usesProfiles,
    escalation: {
      policies: new Map(raw.escalationPolicies.map((policy) => [policy.id, policy])),
      people: new Map(raw.escalationPeople.map((person) => [person.id, person])),
    },
  };
}

function matcherRoute({
  id,
  name,
  channelIds,
  escalationPolicyId,
  ...matcher
}: RawRouting["routes"][number]): MatcherRoute {
  const named = matcher.conditions.filter(({ field, not }) => field === "event" && !not);
  const naming = compileMatcher({ match: "any", conditions: named });
  const names = (type: string) => named.length > 0 && naming({ ...NOTHING, type });
  return { id, name, channelIds, escalationPolicyId, takes: compileMatcher(matcher), names };
}

/** Facts of which only the type is asked. */
const NOTHING = {
  severity: "info",
  subject: { id: "", name: "" },
  job: null,
  client: null,
  channel: null,
  labels: [],
  now: 0,
} as const;

function routedSilence({ match, conditions, ...silence }: RawRouting["silences"][number]): RoutedSilence {
  return { ...silence, takes: compileMatcher({ match, conditions }) };
}

function routedChannel(row: RawRouting["channels"][number], failing: ReadonlySet<string>): RoutedChannel {
  const provider = providerOf(row.provider);
  const resolved = provider && unlessThrown(() => usedProvider(provider, row));
  const addresses = resolved && unlessThrown(() => mailAddressesOf(resolved));
  const audience = (resolved && unlessThrown(() => audienceOf(resolved))) ?? { fixed: [""], admins: false };
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    providerName: provider?.label ?? row.provider,
    enabled: row.enabled,
    isMonitor: provider?.purpose === "monitor",
    closesAlerts: resolved?.provider.closesAlerts ?? false,
    rings: Boolean(resolved?.provider.stopRinging),
    minSeverity: row.minSeverity,
    mutedUntil: row.mutedUntil,
    quietHours: row.quietHours,
    canMailPeople: provider?.canMailPeople ?? false,
    isFailing: failing.has(row.id),
    subscriptions: Array.isArray(row.subscriptions) ? row.subscriptions : [],
    fixed: audience.fixed,
    toAdmins: audience.admins,
    ...(addresses?.size ? { mailAddresses: addresses } : {}),
  };
}

/** The system mail server: a channel to all administrators that subscribes to what they are to be mailed. */
function systemMail({ adminMail }: RawRouting, failing: ReadonlySet<string>): RoutedChannel {
  const { id, label } = mailProvider();
  return {
    id: SYSTEM_MAIL_ID,
    name: SYSTEM_MAIL_NAME,
    provider: id,
    providerName: label,
    enabled: true,
    isMonitor: false,
    closesAlerts: false,
    rings: false,
    minSeverity: null,
    mutedUntil: null,
    quietHours: null,
    canMailPeople: true,
    isFailing: failing.has(SYSTEM_MAIL_ID),
    subscriptions: mailedEvents(readAdminMail(adminMail)),
    fixed: [],
    toAdmins: true,
  };
}

/** Only configurations that name another service are opened here: for all others the plain fields are enough. */
function usedProvider(provider: Provider, row: RawRouting["channels"][number]): ResolvedProvider {
  if (!provider.delegatesTo) return { provider, config: row.config };
  const { config } = openReferences(joinSecrets(row.config, row.secrets), provider);
  return resolveProvider(provider, provider.parse(config));
}

function unlessThrown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
