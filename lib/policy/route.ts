import type { EventDraft } from "@/lib/core/event";
import type { JobState, Repeat } from "@/lib/core/job";
import type { EventSetting, JobNotificationRule, RoutedChannel, RoutingSnapshot, Target } from "@/lib/core/routing";
import { compareSeverity } from "@/lib/core/severity";
import { type CatalogEntry, catalogEntry } from "@/lib/events/catalog";

export interface Routing {
  targets: Target[];
  /** The user should have been told directly, but no Email channel is there to do it. */
  couldNotNotifyUser: boolean;
}

/** Louder first: where two ways meet without a row, the louder repeat wins. */
const LOUDNESS: Record<Repeat, number> = { every: 2, remind: 1, first: 0 };

/** The outcome of a job that an event type stands for. */
const STATE_OF: Record<string, JobState> = {
  "backup.started": "start",
  "backup.completed": "success",
  "backup.warning": "warning",
  "backup.failed": "failure",
  "backup.missed": "missed",
};

/** The outcome of a job that an event type stands for; nothing for events that are not a job's. */
export function stateOfEvent(type: string): JobState | undefined {
  return Object.hasOwn(STATE_OF, type) ? STATE_OF[type] : undefined;
}

/** True when a row's condition takes this outcome. */
export function ruleTakes(row: Pick<JobNotificationRule, "condition" | "states">, state: JobState): boolean {
  switch (row.condition) {
    case "always":
      return state !== "start";
    case "success":
      return state === "success";
    case "failure":
      return state === "failure" || state === "warning" || state === "missed";
    case "custom":
      return row.states?.includes(state) ?? false;
  }
}

/** The line of an event in the settings, or what the catalogue starts it with. */
export function eventSetting(snapshot: RoutingSnapshot, entry: CatalogEntry): EventSetting {
  return snapshot.events[entry.type] ?? defaultEventSetting(entry);
}

export function defaultEventSetting(entry: CatalogEntry): EventSetting {
  return {
    enabled: entry.default !== "off",
    channels: null,
    notifyUser: "none",
    repeat: entry.repeat,
    remindHours: null,
    notifyOnRecovery: true,
  };
}

/**
 * RoutingPreview is told of an event: (its override, else the global channels) and the subscribers and the job's rows,
 * as a set. Never the channel that the event is about, never a channel that is off.
 */
export function route(draft: EventDraft, snapshot: RoutingSnapshot, rows: readonly JobNotificationRule[]): Routing {
  const entry = catalogEntry(draft.type);
  const found = new Map<string, Target>();
  const usable = (id: string): RoutedChannel | null => {
    const channel = snapshot.channels.get(id);
    if (!channel?.enabled) return null;
    return draft.type === "channel.failing" && id === draft.subject.id ? null : channel;
  };
  const severity = draft.custom?.severity ?? entry.severity;
  // A monitor counts runs: a good one is as much news to it as a failed one.
  const isBelowFloor = (channel: RoutedChannel) =>
    !channel.isMonitor && channel.minSeverity !== null && compareSeverity(severity, channel.minSeverity) < 0;
  const add = (
    channel: RoutedChannel,
    way: Pick<Target, "route" | "ruleId" | "repeat" | "remindHours" | "notifyOnRecovery" | "text">,
  ) => {
    for (const target of recipientsOf(channel, snapshot)) {
      const key = targetKey(channel.id, target.recipient);
      const earlier = found.get(key);
      if (!earlier) found.set(key, { channelId: channel.id, ...target, isForUser: false, ...way });
      else if (!earlier.ruleId && LOUDNESS[way.repeat] > LOUDNESS[earlier.repeat]) {
        found.set(key, { ...earlier, repeat: way.repeat, remindHours: way.remindHours });
      }
    }
  };

  const state = STATE_OF[draft.type];
  let takenByRule = false;
  if (state) {
    for (const row of rows) {
      const channel = usable(row.channelId);
      if (!channel || !ruleTakes(row, state) || isBelowFloor(channel)) continue;
      takenByRule = true;
      add(channel, {
        route: "rule",
        ruleId: row.id,
        repeat: channel.isMonitor ? "every" : row.repeat,
        remindHours: channel.isMonitor ? null : row.remindHours,
        notifyOnRecovery: row.notifyOnRecovery,
        text: row.text,
      });
    }
  }

  const setting = eventSetting(snapshot, entry);
  const shared = {
    ruleId: null,
    repeat: setting.repeat,
    remindHours: setting.remindHours,
    notifyOnRecovery: setting.notifyOnRecovery,
    text: null,
  };
  const user = entry.canNotifyUser ? draft.data.user : undefined;
  const wantsUser = entry.default !== "job" && setting.enabled && user !== undefined && setting.notifyUser !== "none";
  const systemChannels = setting.channels ?? snapshot.globalChannels;
  const mailer = wantsUser ? mailerOf(systemChannels, snapshot) : null;

  if (!(wantsUser && mailer && setting.notifyUser === "only")) {
    const chosen =
      entry.default === "job"
        ? entry.fallsBackToGlobal && !takenByRule
          ? snapshot.globalChannels
          : []
        : setting.enabled
          ? (draft.custom?.channelIds ?? systemChannels)
          : [];
    const way = draft.custom?.channelIds
      ? "caller"
      : entry.default === "job"
        ? "fallback"
        : setting.channels
          ? "override"
          : "global";
    for (const id of chosen) {
      const channel = usable(id);
      if (channel && !channel.isMonitor && !isBelowFloor(channel)) add(channel, { ...shared, route: way });
    }
    for (const channel of snapshot.channels.values()) {
      if (channel.isMonitor || !channel.subscriptions.includes(draft.type) || !usable(channel.id)) continue;
      if (isBelowFloor(channel)) continue;
      add(channel, { ...shared, route: "subscription" });
    }
  }
  if (wantsUser && mailer && user) {
    found.set(targetKey(mailer.id, `user ${user.email}`), {
      channelId: mailer.id,
      recipient: user.email,
      userId: user.id,
      isForUser: true,
      route: "user",
      ruleId: null,
      repeat: "every",
      remindHours: null,
      notifyOnRecovery: false,
      text: null,
    });
  }
  return { targets: withoutDoubles([...found.values()]), couldNotNotifyUser: wantsUser && mailer === null };
}

/** A user who is also told as one of the administrators gets the copy that speaks to them, not both. */
function withoutDoubles(targets: Target[]): Target[] {
  const personal = new Set(
    targets.filter((target) => target.isForUser).map((target) => targetKey(target.channelId, target.recipient)),
  );
  return targets.filter((target) => target.isForUser || !personal.has(targetKey(target.channelId, target.recipient)));
}

/** The first working Email channel of an event; one that is failing only when there is no other. */
export function mailerOf(channelIds: readonly string[], snapshot: RoutingSnapshot): RoutedChannel | null {
  const mailers = channelIds.flatMap((id) => {
    const channel = snapshot.channels.get(id);
    return channel?.enabled && channel.canMailPeople ? [channel] : [];
  });
  return mailers.find((channel) => !channel.isFailing) ?? mailers[0] ?? null;
}

function recipientsOf(
  channel: RoutedChannel,
  snapshot: RoutingSnapshot,
): { recipient: string; userId: string | null }[] {
  const fixed = channel.fixed.map((recipient) => ({ recipient, userId: null as string | null }));
  if (!channel.toAdmins) return fixed;
  return [...fixed, ...snapshot.admins.map((admin) => ({ recipient: admin.email, userId: admin.id as string | null }))];
}

export function targetKey(channelId: string, recipient: string): string {
  return `${channelId}\n${recipient}`;
}
