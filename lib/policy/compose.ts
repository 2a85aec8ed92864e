import type { EventDraft } from "@/lib/core/event";
import { formatDuration } from "@/lib/core/format-units";
import { INVITATION_MARK } from "@/lib/core/invitation-mark";
import type { Notification, NotificationTime } from "@/lib/core/notification";
import type { OpenAlert } from "@/lib/core/routing";
import { type CatalogEntry, catalogEntry, type EventText } from "@/lib/events/catalog";
import type { Correlation } from "./correlate";

/** The text of one event, the same for every channel. @param at when it happened, milliseconds */
export function compose(draft: EventDraft, entry: CatalogEntry, correlation: Correlation, at: number): Notification {
  return build(draft, entry, correlation, at, entry.text(draft));
}

/** The text for the very user an event is about. */
export function composeForUser(
  draft: EventDraft,
  entry: CatalogEntry,
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
  entry: CatalogEntry,
  correlation: Correlation,
  at: number,
  text: EventText,
): Notification {
  const { tone, severity, effect } = correlation;
  const link = linkOf(draft);
  const times = timesOf(draft);
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
    ...(effect === "open" || effect === "count" ? { status: "firing" as const } : {}),
  };
}

function timesOf({ data }: EventDraft): NotificationTime[] {
  const times: NotificationTime[] = [];
  if (data.run?.startedAt) times.push({ label: "Started", at: data.run.startedAt });
  if (data.missed) {
    times.push({ label: data.missed.count > 1 ? "First due" : "Due", at: data.missed.firstDueAt });
    if (data.missed.count > 1) times.push({ label: "Last due", at: data.missed.lastDueAt });
  }
  if (data.lockedUntil) times.push({ label: "Blocked until", at: data.lockedUntil });
  return times;
}

/** Paths in the console; made absolute when the delivery is sent. */
function linkOf({ data, subject }: EventDraft): Notification["link"] {
  if (data.run) return { label: "Open run", url: `/runs/${data.run.id}` };
  if (subject.kind === "job") return { label: "Open job", url: `/jobs/${subject.id}` };
  if (subject.kind === "channel") return { label: "Open channel", url: `/channels/${subject.id}` };
  return undefined;
}

/**
 * The text of a recovery: what is over, how long it lasted, and what ended it.
 * @param unsaid the problem was never told: then the message says both
 */
export function composeRecovery(resolving: Notification, alert: OpenAlert, unsaid: boolean): Notification {
  const downtime = formatDuration(resolving.at - alert.openedAt);
  const problem = catalogEntry(alert.type).name;
  const said = alert.type === "custom.notification" ? alert.title : problem;
  const lines = unsaid
    ? [`${said}, and recovered after ${downtime}. This could not be told while it lasted.`, alert.message]
    : [`Recovered after ${downtime}: ${said}.`];
  return {
    ...resolving,
    tone: "success",
    severity: "info",
    title: `Recovered: ${alert.type === "custom.notification" ? alert.title : alert.subjectName}`,
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

/** What a person, or the end of its subject, did to a problem: for services that keep problems open themselves. */
export function composeUpdate(
  alert: Pick<OpenAlert, "id" | "type" | "title" | "message" | "openedAt"> & Pick<Notification, "tone" | "severity">,
  status: "acknowledged" | "resolved",
  by: string,
  at: number,
): Notification {
  const isOver = status === "resolved";
  return {
    type: alert.type,
    typeName: catalogEntry(alert.type).name,
    tone: isOver ? "success" : alert.tone,
    severity: isOver ? "info" : alert.severity,
    title: `${isOver ? "Closed" : "Acknowledged"}: ${alert.title}`,
    message: `${isOver ? "Closed in Belfry" : "Acknowledged in Belfry"}: ${by || "by a person"}.`,
    fields: [{ label: "Open for", value: formatDuration(at - alert.openedAt), short: true }],
    at,
    status,
    alertId: alert.id,
  };
}

/** A problem that a backup with warnings ended: no message of its own, but the next one says that backups work again. */
export function composeWorksAgain(notification: Notification, alert: OpenAlert): Notification {
  return {
    ...notification,
    message: `Backups work again after ${formatDuration(notification.at - alert.openedAt)}.\n${notification.message}`,
  };
}

/** Several problems in one: what was told while the earlier message could not be sent. @param times how often it happened in all */
export function composeAgain(notification: Notification, times: number, since: number): Notification {
  return {
    ...notification,
    message: `${notification.message}\nThis is the ${ordinal(times)} time; the earlier message could not be sent yet.`,
    times: [{ label: "Began", at: since }, ...(notification.times ?? [])],
  };
}

function ordinal(count: number): string {
  const tail = count % 100;
  if (tail >= 11 && tail <= 13) return `${count}th`;
  return `${count}${["th", "st", "nd", "rd"][count % 10] ?? "th"}`;
}

/** The note that admins get in place of the user's own copy when no Email channel is left. */
export function composeUserNotNotified(notification: Notification): Notification {
  return {
    ...notification,
    message: `${notification.message}\nThe user could not be told directly: this event has no working Email channel. Add one in Settings, Notifications.`,
  };
}
