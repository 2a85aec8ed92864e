import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { notificationFacts } from "../kit/facts";
import { localTimeText } from "../kit/local-time";
import { cutLog } from "../kit/log-cut";
import { linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { cutTo, oneLine } from "../kit/text";

/**
 * https://developer.pagerduty.com/docs/events-api-v2-overview: 1,024 characters of summary, 512 KB for an event.
 * The limits of the details keep an event below that, whatever its JSON escapes.
 */
export const PAGERDUTY_LIMITS = {
  summary: { max: 1024, unit: "codepoints" },
  source: { max: 255, unit: "codepoints" },
  message: { max: 8000, unit: "codepoints" },
  fieldName: { max: 100, unit: "codepoints" },
  fieldValue: { max: 1000, unit: "codepoints" },
  log: { max: 100_000, unit: "bytes" },
  event: { max: 512_000, unit: "bytes" },
} as const;

const FIELDS_MAX = 40;
/** A name with room for the number that distinguishes it from another of the same name. */
const NAME_ROOM = { max: 90, unit: "codepoints" } as const;
/** Facts that name the broken component, the most specific first. */
const COMPONENTS = ["Job", "Repository", "Destination", "Client", "Location", "Source"];

type Severity = "critical" | "error" | "warning" | "info";

interface Details {
  summary: string;
  source: string;
  timestamp: string;
  severity?: Severity;
  component?: string;
  group?: string;
  class?: string;
  custom_details: Record<string, string>;
}

/** An event without the integration key. https://developer.pagerduty.com/docs/send-alert-event */
export interface Event {
  event_action?: "trigger" | "acknowledge" | "resolve";
  dedup_key?: string;
  payload?: Details;
  client?: string;
  client_url?: string;
  links?: { href: string; text: string }[];
}

/** Fields of an incident that a channel sets; empty ones are Belfry's own. */
export type IncidentFields = Partial<Record<"source" | "component" | "group" | "class", string>>;

/** What opens an incident: everything PagerDuty shows of it. */
export function composeTrigger(
  notification: Notification,
  context: RenderContext,
  severity: Severity,
  own: IncidentFields,
): Event {
  const { installation } = context;
  return {
    payload: {
      ...detailsOf(notification, context, own),
      severity,
      ...(own.component ? { component: own.component } : componentOf(notification)),
      group: own.group || "backups",
      class: own.class || cutTo(oneLine(notification.typeName), PAGERDUTY_LIMITS.fieldName),
    },
    client: cutTo(oneLine(installation.name), PAGERDUTY_LIMITS.fieldName) || "Belfry",
    ...(installation.url ? { client_url: installation.url } : {}),
    ...linksOf(notification),
  };
}

export function detailsOf(notification: Notification, context: RenderContext, own: IncidentFields): Details {
  const details = new Map<string, string>();
  const message = cutTo(messagePieces(notification, context), PAGERDUTY_LIMITS.message);
  if (message) details.set("message", message);
  const log = context.log ? cutLog(context.log, PAGERDUTY_LIMITS.log) : "";
  if (log) details.set("log", log);
  const facts = notificationFacts(notification, (at) => localTimeText(at, context.timezone)).slice(0, FIELDS_MAX);
  for (const [index, fact] of facts.entries()) {
    const name = cutTo(fact.name, NAME_ROOM);
    // Two facts with the same name are both kept.
    details.set(details.has(name) ? `${name} (${index + 1})` : name, cutTo(fact.value, PAGERDUTY_LIMITS.fieldValue));
  }
  return {
    summary: cutTo(titlePieces(notification, context), PAGERDUTY_LIMITS.summary),
    source: own.source || cutTo(sourceOf(context.installation), PAGERDUTY_LIMITS.source),
    timestamp: new Date(notification.at).toISOString(),
    custom_details: Object.fromEntries(details),
  };
}

function sourceOf({ name, url }: RenderContext["installation"]): string {
  return (url && URL.canParse(url) ? new URL(url).hostname : "") || oneLine(name) || "Belfry";
}

function componentOf(notification: Notification): { component?: string } {
  for (const label of COMPONENTS) {
    const value = notification.fields.find((one) => one.label === label)?.value;
    if (value) return { component: cutTo(oneLine(value), PAGERDUTY_LIMITS.source) };
  }
  return {};
}

export function linksOf(notification: Notification): Pick<Event, "links"> {
  const link = linkOf(notification);
  return link ? { links: [{ href: link.url, text: link.label }] } : {};
}

/** A custom priority can only raise the event's severity. */
export function severityOf(notification: Notification, { priority }: RenderContext): Severity {
  const { severity, tone } = notification;
  if (severity === "critical" || priority === "urgent") return "critical";
  if (tone === "failure" || priority === "high") return "error";
  return severity === "warning" || tone === "warning" ? "warning" : "info";
}
