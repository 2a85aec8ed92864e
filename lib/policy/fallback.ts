import { pluralize } from "@/lib/core/format-units";
import type { Notification } from "@/lib/core/notification";
import type { OpenAlert } from "@/lib/core/routing";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { eventType } from "@/lib/events/catalog";
import type { Plan, PlannedDelivery, Situation } from "./plan";
import { channelRecipients } from "./stages/recipients";

/** An alert that no channel has taken. */
export interface UnheardAlert extends OpenAlert {
  tone: Tone;
  severity: Severity;
  /** The text of its last occurrence. */
  notification: Notification;
  /** Channels that already have a notification about it which still waits. */
  waitingAt: ReadonlySet<string>;
  /** The channels that were to take it, with a sentence that says why they have not. */
  failures: readonly { channelName: string; reason: string }[];
}

/** A fallback notification counts apart from the event's own to the same recipient. */
const FALLBACK_STEP = 1;
/** Channels that the text names. */
const NAMED = 5;
/** Characters of one reason. */
const MAX_REASON = 300;

/**
 * The plan of an alert that no channel has taken: one notification to each recipient of the fallback channels. Left out
 * are those that are disabled or monitors, that the alert is about, or that already have one that waits. The stages that
 * drop and hold come after it.
 */
export function startFallbackPlan(
  situation: Situation,
  alert: UnheardAlert,
  fallback: { channelIds: readonly string[]; afterMinutes: number },
): Plan {
  const type = eventType(alert.type);
  const notification = composeFallback(alert, fallback.afterMinutes);
  const { tone, severity, dedupKey } = alert;
  const deliveries = fallback.channelIds.flatMap((id): PlannedDelivery[] => {
    const channel = situation.routing.channels.get(id);
    if (!channel?.enabled || channel.isMonitor || alert.waitingAt.has(id)) return [];
    if (type.excludesSubject(situation.draft) && id === situation.draft.subject.id) return [];
    return channelRecipients(channel, situation.routing).map((recipient) => ({
      id: situation.newId("dlv"),
      channel,
      target: {
        channelId: id,
        ...recipient,
        isForUser: false,
        route: "nobody",
        ruleId: null,
        repeat: "first",
        remindHours: null,
        notifyOnRecovery: true,
        text: null,
      },
      kind: "initial",
      step: FALLBACK_STEP,
      alertId: alert.id,
      dedupKey,
      notification,
      suppressed: null,
      held: null,
      dropped: null,
      folded: null,
    }));
  });
  return {
    type,
    correlation: { tone, severity, dedupKey, effect: "count", own: alert, ended: [] },
    notification,
    alertId: alert.id,
    alerts: [],
    deliveries,
    amendments: [],
    folds: [],
    cancels: [],
    escalations: [],
    couldNotNotifyUser: false,
  };
}

/** The alert's own text, and why it comes by this way. */
function composeFallback({ notification, failures }: UnheardAlert, afterMinutes: number): Notification {
  const named = failures.slice(0, NAMED).map(({ channelName, reason }) => `${channelName}: ${cut(reason)}`);
  if (failures.length > NAMED) named.push(`and ${failures.length - NAMED} more`);
  const why =
    failures.length > 0
      ? [`No channel had taken this alert within ${pluralize(afterMinutes, "minute")}:`, ...named]
      : ["No enabled channel takes this alert, so nobody had been notified of it."];
  return { ...notification, message: [notification.message, ...why].filter(Boolean).join("\n") };
}

function cut(reason: string): string {
  const flat = reason.replace(/\s+/g, " ").trim();
  const signs = Array.from(flat);
  return signs.length > MAX_REASON ? `${signs.slice(0, MAX_REASON - 1).join("")}…` : flat;
}
