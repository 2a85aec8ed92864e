import { routingNow } from "@/db/queries/dispatch";
import type { EventDraft } from "@/lib/core/event";
import type { JobState } from "@/lib/core/job";
import type { JobNotificationRule, RoutedChannel, RoutingSnapshot, Target } from "@/lib/core/routing";
import { compareSeverity, type Severity } from "@/lib/core/severity";
import { isProblem } from "@/lib/core/tone";
import { catalogEntry } from "@/lib/events/catalog";
import { eventSetting, route, ruleTakes } from "@/lib/policy/route";
import { snapshotOf } from "./decider";

/** One line of "RoutingPreview will be told?". */
export interface RoutingPreviewEntry {
  when: "now" | "reminder" | "recovery";
  /** Reminder: hours after the first initial. */
  afterHours?: number;
  channelId: string;
  channelName: string;
  recipient?: string;
  /** Why, in words. */
  text: string;
  /** Why nobody hears it although the settings say so. */
  silenced?: string;
}

export interface RoutingPreview {
  entries: RoutingPreviewEntry[];
  notes: string[];
}

const TYPE_OF: Record<JobState, string> = {
  start: "backup.started",
  success: "backup.completed",
  warning: "backup.warning",
  failure: "backup.failed",
  missed: "backup.missed",
};

/** RoutingPreview is told of a system event, by the code that routes. @param user stands for "the user" of sign-ins and accounts */
export async function previewEventRouting(
  type: string,
  user: { id: string; name: string; email: string },
): Promise<RoutingPreview> {
  const snapshot = snapshotOf(await routingNow());
  const entry = catalogEntry(type);
  const setting = eventSetting(snapshot, entry);
  const sample = entry.sample(0);
  const draft: EventDraft = { type, ...sample, data: sample.data.user ? { ...sample.data, user } : sample.data };
  const { targets, couldNotNotifyUser } = route(draft, snapshot, []);
  const sendsRecovery = (isProblem(entry.tone) || type === "custom.notification") && setting.notifyOnRecovery;
  const entries = entriesOf(targets, snapshot, sendsRecovery ? () => true : () => false, null);
  if (setting.enabled) {
    for (const id of setting.channels ?? snapshot.globalChannels)
      entries.push(...silenced(snapshot.channels.get(id), entry.severity, "is among its channels"));
  }
  for (const channel of snapshot.channels.values()) {
    if (channel.subscriptions.includes(type) && !entries.some(({ channelId }) => channelId === channel.id))
      entries.push(...silenced(channel, entry.severity, ROUTE_TEXT.subscription));
  }
  const notes: string[] = [];
  if (!setting.enabled) notes.push("This event is switched off; only channels that subscribed to it are told.");
  if (couldNotNotifyUser)
    notes.push(
      "The user cannot be told directly: none of the event's channels is a working Email channel. The administrators are told instead.",
    );
  if (type === "channel.failing") notes.push("The failing channel itself is left out.");
  return { entries, notes };
}

/** RoutingPreview is told of one outcome of a job, by the code that routes. @param rows as they stand on the form, saved or not */
export async function previewJobRouting(
  job: { id: string; name: string; slug: string },
  rows: readonly JobNotificationRule[],
  state: JobState,
): Promise<RoutingPreview> {
  const snapshot = snapshotOf(await routingNow());
  const type = TYPE_OF[state];
  const draft: EventDraft = { type, subject: { kind: "job", id: job.id, name: job.name }, data: { job } };
  const { targets } = route(draft, snapshot, rows);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const problem = state === "failure" || state === "warning" || state === "missed";
  const entries = entriesOf(targets, snapshot, (target) => problem && target.notifyOnRecovery, byId);
  for (const row of rows) {
    if (!ruleTakes(row, state)) continue;
    entries.push(...silenced(snapshot.channels.get(row.channelId), catalogEntry(type).severity, conditionText(row)));
  }
  const notes: string[] = [];
  if (targets.length === 0)
    notes.push(problem ? "Nobody is told. The problem stands on the Overview only." : "Nobody is told.");
  if (state === "missed" && targets.some((target) => target.route === "fallback"))
    notes.push("No row takes a missed schedule, so the global channels are told.");
  return { entries, notes };
}

/** A line for a channel that would be told but for itself: it is off, or asks for worse than this. */
function silenced(channel: RoutedChannel | undefined, severity: Severity, text: string): RoutingPreviewEntry[] {
  const why = channel && whySilent(channel, severity);
  return why ? [{ when: "now", channelId: channel.id, channelName: channel.name, text, silenced: why }] : [];
}

function whySilent({ enabled, isMonitor, minSeverity }: RoutedChannel, severity: Severity): string | null {
  if (!enabled) return "The channel is switched off.";
  if (isMonitor || minSeverity === null || compareSeverity(severity, minSeverity) >= 0) return null;
  return `The channel takes ${minSeverity === "critical" ? "critical" : `${minSeverity} and worse`} only; this is ${severity}.`;
}

function entriesOf(
  targets: readonly Target[],
  snapshot: RoutingSnapshot,
  sendsRecovery: (target: Target) => boolean,
  rows: ReadonlyMap<string, JobNotificationRule> | null,
): RoutingPreviewEntry[] {
  const base = (target: Target) => ({
    channelId: target.channelId,
    channelName: snapshot.channels.get(target.channelId)?.name ?? target.channelId,
    ...(target.recipient ? { recipient: target.recipient } : {}),
  });
  const isMuted = ({ channelId }: Target) => (snapshot.channels.get(channelId)?.mutedUntil ?? 0) > Date.now();
  const now = targets.map((target): RoutingPreviewEntry => {
    const row = target.ruleId ? rows?.get(target.ruleId) : undefined;
    const text = row ? conditionText(row) : ROUTE_TEXT[target.route];
    return { when: "now", ...base(target), text: isMuted(target) ? `${text}; muted, so it is told later` : text };
  });
  const reminders = targets
    .filter((target) => target.repeat === "remind" && target.remindHours)
    .map(
      (target): RoutingPreviewEntry => ({
        when: "reminder",
        afterHours: target.remindHours ?? 0,
        ...base(target),
        text: "again, until it is over",
      }),
    );
  const recoveries = targets
    .filter(sendsRecovery)
    .map((target): RoutingPreviewEntry => ({ when: "recovery", ...base(target), text: "with the downtime" }));
  return [...now, ...reminders, ...recoveries];
}

const ROUTE_TEXT: Record<Target["route"], string> = {
  rule: "has a row on the job",
  override: "is one of the event's own channels",
  global: "is a global channel",
  subscription: "subscribed to this event",
  caller: "was named by the caller",
  user: "the user directly",
  fallback: "is a global channel; no row of the job takes this",
  test: "Test",
};

function conditionText(row: JobNotificationRule): string {
  const names = { always: "Always", success: "On Success", failure: "On Failure", custom: "Custom" } as const;
  return `row “${names[row.condition]}”`;
}
