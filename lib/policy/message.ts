import type { AlertResolution } from "@/lib/core/alert";
import type { EventDraft } from "@/lib/core/event";
import { formatDuration } from "@/lib/core/format-units";
import { INVITATION_MARK } from "@/lib/core/invitation-mark";
import type { Notification } from "@/lib/core/notification";
import type { OpenAlert } from "@/lib/core/routing";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { type EventType, eventType } from "@/lib/events/catalog";
import type { EventText } from "@/lib/events/define-event";
import type { Correlation } from "./stages/correlate";

/** The text of one event, the same for every channel. @param at when it happened, milliseconds */
export function compose(draft: EventDraft, entry: EventType, correlation: Correlation, at: number): Notification {
  return build(draft, entry, correlation, at, entry.text(draft));
}

/** The text for the very user an event is about. */
export function composeForUser(
  draft: EventDraft,
  entry: EventType,
  correlation: Correlation,
  at: number,
): Notification {
  const text = entry.textForUser?.(draft) ?? entry.text(draft);
  const notification = build(draft, entry, correlation, at, text);
  // A link into the console is of no use before the invitation is taken.
  return draft.data.invitation
    ? { ...notification, link: { label: "Choose a password", url: INVITATION_MARK } }
    : { ...notification, link: undefined };
}

function build(
  draft: EventDraft,
  entry: EventType,
  correlation: Correlation,
  at: number,
  text: EventText,
): Notification {
  const { tone, severity, effect } = correlation;
  const link = entry.link(draft);
  const times = entry.times(draft);
  return {
    type: entry.type,
    typeName: entry.name,
    tone: effect === "ends" ? "success" : tone,
    severity: effect === "ends" ? "info" : severity,
    title: text.title,
    message: text.message,
    fields: text.fields,
    ...(times.length ? { times } : {}),
    ...(link ? { link } : {}),
    at,
    ...(entry.isReport ? { isReport: true } : {}),
    ...(effect === "open" || effect === "count" ? { status: "firing" as const } : {}),
  };
}

/**
 * The text of a recovery: what is over, how long it lasted, and what ended it.
 * @param isUnsent nothing was sent about the problem: then the message says both
 */
export function composeRecovery(resolving: Notification, alert: OpenAlert, isUnsent: boolean): Notification {
  const downtime = formatDuration(resolving.at - alert.openedAt);
  const type = eventType(alert.type);
  // A caller names its problems itself.
  const problem = type.audience === "caller" ? alert.title : type.name;
  const lines = isUnsent
    ? [`${problem}, and recovered after ${downtime}. No notification could be sent while it lasted.`, alert.message]
    : [`Recovered after ${downtime}: ${problem}.`];
  return {
    ...resolving,
    tone: "success",
    severity: "info",
    title: `Recovered: ${type.audience === "caller" ? alert.title : alert.subjectName}`,
    message: [...lines, resolving.message].filter(Boolean).join("\n"),
    fields: [
      { label: "Downtime", value: downtime, short: true },
      ...(alert.count > 1 ? [{ label: "Occurrences", value: String(alert.count), short: true }] : []),
      ...resolving.fields,
    ],
    times: [{ label: "Began", at: alert.openedAt }, ...(resolving.times ?? [])],
    status: "resolved",
    alertId: alert.id,
  };
}

/** An alert that was acknowledged or resolved without an event. */
interface ChangedAlert extends Pick<OpenAlert, "id" | "type" | "title" | "message" | "openedAt"> {
  status: "acknowledged" | "resolved";
  tone: Tone;
  severity: Severity;
  acknowledgedBy: string | null;
  resolution: AlertResolution | null;
  resolvedBy: string | null;
}

/** What changed about a problem without an event: for services that keep problems open themselves. */
export function composeUpdate(alert: ChangedAlert, at: number): Notification {
  const isOver = alert.status === "resolved";
  return {
    type: alert.type,
    typeName: eventType(alert.type).name,
    tone: isOver ? "success" : alert.tone,
    severity: isOver ? "info" : alert.severity,
    title: `${isOver ? "Closed" : "Acknowledged"}: ${alert.title}`,
    message: `${isOver ? "Closed in Belfry" : "Acknowledged in Belfry"}: ${actorText(alert)}.`,
    fields: [{ label: "Open for", value: formatDuration(at - alert.openedAt), short: true }],
    at,
    status: alert.status,
    alertId: alert.id,
  };
}

function actorText({ status, resolution, resolvedBy, acknowledgedBy }: ChangedAlert): string {
  if (status === "acknowledged") return acknowledgedBy || "by a person";
  if (resolution === "subject_removed") return "subject removed";
  if (resolution === "subject_disabled") return "subject disabled";
  return resolvedBy || "by a person";
}

/** A problem that a backup with warnings ended gets no recovery; the message about the warnings says that backups work again. */
export function composeWorksAgain(notification: Notification, alert: OpenAlert): Notification {
  return {
    ...notification,
    message: `Backups work again after ${formatDuration(notification.at - alert.openedAt)}.\n${notification.message}`,
  };
}

/** The text of a step of an escalation. @param minutes how long nobody has acknowledged the alert; 0: it opens now */
export function composeEscalation(notification: Notification, minutes: number): Notification {
  if (minutes === 0) return notification;
  const lead = `Nobody has acknowledged this for ${formatDuration(minutes * 60_000)}.`;
  return { ...notification, message: [lead, notification.message].filter(Boolean).join("\n") };
}

/** Several occurrences in one: what happened while the earlier message could not be sent. @param times how often it happened in all */
export function composeAgain(notification: Notification, times: number, since: number): Notification {
  return {
    ...notification,
    message: `${notification.message}\nThis is the ${ordinal(times)} time; the earlier message has not been sent.`,
    times: [{ label: "Began", at: since }, ...(notification.times ?? [])],
  };
}

function ordinal(count: number): string {
  const tail = count % 100;
  if (tail >= 11 && tail <= 13) return `${count}th`;
  return `${count}${["th", "st", "nd", "rd"][count % 10] ?? "th"}`;
}

/** What administrators read when no Email channel can send the user's own copy. */
export function composeUserNotNotified(notification: Notification): Notification {
  return {
    ...notification,
    message: `${notification.message}\nThe user could not be notified directly: this event has no working Email channel. Add one in Settings, Notifications.`,
  };
}
