import type { Decider } from "@/db/stores/events";
import type { RawRouting } from "@/db/stores/routing";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import type { EventPlan, RoutedChannel, RoutingSnapshot } from "@/lib/core/routing";
import { catalogEntry } from "@/lib/events/catalog";
import { keysOf } from "@/lib/policy/correlate";
import { decide } from "@/lib/policy/decide";
import type { Provider } from "@/lib/providers/contract";
import { providerOf } from "@/lib/providers/registry";
import { joinSecrets } from "@/lib/secrets/config";
import { readNotificationSettings } from "./notification-settings";
import { rememberEvent } from "./recent-events";
import { audienceOf, type ResolvedProvider, resolveProvider } from "./resolve-provider";

/** Puts policy, providers and stored settings together for the outbox. One per bundle; its cache goes by version. */
export const decider: Decider = {
  keysOf: (draft) => keysOf(draft, catalogEntry(draft.type)),
  wantsJobRules: (draft) => catalogEntry(draft.type).default === "job",
  snapshotOf,
  decide,
  withoutDecision,
  onRecorded: rememberEvent,
  cached: null,
};

/** A stored value that makes no sense costs its own channel, never the others. */
export function snapshotOf(raw: RawRouting): RoutingSnapshot {
  const failing = new Set(raw.failingIds);
  const channels = new Map<string, RoutedChannel>();
  for (const row of raw.channels) {
    const provider = providerOf(row.provider);
    const sender = provider && quietly(() => usedSender(provider, row));
    const audience = (sender && quietly(() => audienceOf(sender))) ?? { fixed: [""], admins: false };
    channels.set(row.id, {
      id: row.id,
      name: row.name,
      provider: row.provider,
      providerName: provider?.label ?? row.provider,
      enabled: row.enabled,
      isMonitor: provider?.purpose === "monitor",
      closesAlerts: sender?.provider.closesAlerts ?? false,
      minSeverity: row.minSeverity,
      mutedUntil: row.mutedUntil,
      canMailPeople: provider?.canMailPeople ?? false,
      isFailing: failing.has(row.id),
      subscriptions: Array.isArray(row.subscriptions) ? row.subscriptions : [],
      fixed: audience.fixed,
      toAdmins: audience.admins,
    });
  }
  const settings = readNotificationSettings(raw.notifications);
  return { channels, globalChannels: settings.globalChannels, events: settings.events, admins: raw.admins };
}

/** Only configurations that name another service's are opened here: for all others the plain fields say enough. */
function usedSender(provider: Provider, row: RawRouting["channels"][number]): ResolvedProvider {
  if (!provider.delegatesTo) return { provider, config: row.config };
  return resolveProvider(provider, provider.parse(joinSecrets(row.config, row.secrets)));
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** When deciding fails the event still stands, and `system.error` tells why nobody was told of it. */
function withoutDecision(draft: EventDraft, at: number, error: unknown): EventPlan {
  const entry = catalogEntry(draft.type);
  const tone = draft.custom?.tone ?? entry.tone;
  const severity = draft.custom?.severity ?? entry.severity;
  return {
    notification: {
      type: entry.type,
      typeName: entry.name,
      tone,
      severity,
      title: `${entry.name}: ${draft.subject.name}`,
      message: `Belfry could not work out who is told of this: ${messageOf(error)}`,
      fields: [],
      at,
    },
    tone,
    severity,
    dedupKey: null,
    alertId: null,
    alerts: [],
    deliveries: [],
    amendments: [],
    folds: [],
    cancels: [],
  };
}
