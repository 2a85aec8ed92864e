import type { JobState } from "@/lib/core/job";
import type { EventSetting, JobNotificationRule, RoutedChannel, RoutingSnapshot } from "@/lib/core/routing";
import type { EventType } from "@/lib/events/catalog";

/** True when a rule's condition takes this outcome. */
export function ruleTakes(rule: Pick<JobNotificationRule, "condition" | "states">, state: JobState): boolean {
  switch (rule.condition) {
    case "always":
      return state !== "start";
    case "success":
      return state === "success";
    case "failure":
      return state === "failure" || state === "warning" || state === "missed";
    case "custom":
      return rule.states?.includes(state) ?? false;
  }
}

/** The line of an event in Settings → Notifications, or its default. */
export function eventSetting(snapshot: RoutingSnapshot, type: EventType): EventSetting {
  return snapshot.events[type.type] ?? defaultEventSetting(type);
}

export function defaultEventSetting(type: EventType): EventSetting {
  return {
    enabled: type.audience === "job" || type.startsEnabled,
    channels: null,
    notifyUser: "none",
    repeat: type.repeat,
    remindHours: null,
    notifyOnRecovery: true,
  };
}

/** The first working Email channel of an event; one that is failing only when there is no other. */
export function mailerOf(channelIds: readonly string[], snapshot: RoutingSnapshot): RoutedChannel | null {
  const mailers = channelIds.flatMap((id) => {
    const channel = snapshot.channels.get(id);
    return channel?.enabled && channel.canMailPeople ? [channel] : [];
  });
  return mailers.find((channel) => !channel.isFailing) ?? mailers[0] ?? null;
}

/** The Email channel that mails people what they asked for themselves: a global one first, then any, the system mail server last. */
export function mailerOfPeople(snapshot: RoutingSnapshot): RoutedChannel | null {
  return mailerOf([...snapshot.globalChannels, ...snapshot.channels.keys()], snapshot);
}

/** One key per channel and recipient. */
export function targetKey(channelId: string, recipient: string): string {
  return `${channelId}\n${recipient}`;
}
