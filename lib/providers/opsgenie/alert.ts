import type { Notification } from "@/lib/core/notification";
import type { Priority } from "@/lib/core/priority";
import type { RenderContext } from "../contract";
import { notificationFacts } from "../kit/facts";
import { localTimeText } from "../kit/local-time";
import { cutLog } from "../kit/log-cut";
import { linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { cutTo, measure, oneLine } from "../kit/text";

/** https://docs.opsgenie.com/docs/alert-api#create-alert */
export const OPSGENIE_LIMITS = {
  message: { max: 130, unit: "codepoints" },
  description: { max: 15_000, unit: "codepoints" },
  note: { max: 25_000, unit: "codepoints" },
  tag: { max: 50, unit: "codepoints" },
  entity: { max: 512, unit: "codepoints" },
  source: { max: 100, unit: "codepoints" },
  /** Names and values of all facts together. */
  details: { max: 8000, unit: "codepoints" },
} as const;

export const TAGS_MAX = 20;
const DETAIL = { max: 1000, unit: "codepoints" } as const;
const DETAIL_NAME = { max: 100, unit: "codepoints" } as const;
const LEVELS: Record<Priority, string> = { urgent: "P1", high: "P2", normal: "P3", low: "P4", lowest: "P5" };
const KINDS = { "@": "user", "#": "team", "^": "escalation", "*": "schedule" } as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Responder {
  type: "user" | "team" | "escalation" | "schedule";
  id?: string;
  name?: string;
  username?: string;
}

export interface Alert {
  message: string;
  alias: string;
  description: string;
  responders?: Responder[];
  tags?: string[];
  details: Record<string, string>;
  entity?: string;
  source: string;
  priority: string;
}

interface Wanted {
  alias: string;
  source: string;
  responders: readonly string[];
  /** Of the channel; empty: none. */
  tags: readonly string[];
  entity: string;
  isOpen: boolean;
}

/** The body that creates an alert. */
export function composeAlert(notification: Notification, context: RenderContext, wanted: Wanted): Alert {
  const { alias, source, isOpen } = wanted;
  const responders = wanted.responders.map(responderOf);
  const all = [...(context.tags ?? []), ...wanted.tags].map((tag) => cutTo(oneLine(tag), OPSGENIE_LIMITS.tag));
  const tags = [...new Set(all)].filter(Boolean);
  const entity = wanted.entity || cutTo(oneLine(notification.fields[0]?.value ?? ""), OPSGENIE_LIMITS.entity);
  return {
    message: cutTo(titlePieces(notification, context), OPSGENIE_LIMITS.message),
    alias,
    description: descriptionOf(notification, context),
    ...(responders.length > 0 ? { responders } : {}),
    ...(tags.length > 0 ? { tags: tags.slice(0, TAGS_MAX) } : {}),
    details: detailsOf(notification, context.timezone),
    ...(entity ? { entity } : {}),
    source,
    priority: isOpen ? levelOf(notification, context) : "P5",
  };
}

/** Title and message, for the note of an acknowledgement or a resolution. */
export function composeNote(notification: Notification, context: RenderContext): string {
  const title = cutTo(titlePieces(notification, context), OPSGENIE_LIMITS.message);
  return cutTo(
    `${title}\n${cutTo(messagePieces(notification, context), OPSGENIE_LIMITS.description)}`,
    OPSGENIE_LIMITS.note,
  );
}

/** The message, the log, and the link, which is always kept. */
function descriptionOf(notification: Notification, context: RenderContext): string {
  const link = linkOf(notification);
  const end = link ? `${oneLine(link.label)}: ${link.url}` : "";
  const room = OPSGENIE_LIMITS.description.max - measure(end, "codepoints") - 4;
  const message = cutTo(messagePieces(notification, context), {
    max: context.log ? Math.floor(room / 2) : room,
    unit: "codepoints",
  });
  const log = context.log
    ? cutLog(context.log, { max: room - measure(message, "codepoints"), unit: "codepoints" })
    : "";
  return [message, log, end].filter(Boolean).join("\n\n");
}

function detailsOf(notification: Notification, timezone: string): Record<string, string> {
  const details = new Map<string, string>();
  let room: number = OPSGENIE_LIMITS.details.max;
  for (const fact of notificationFacts(notification, (at) => localTimeText(at, timezone))) {
    const name = cutTo(fact.name, DETAIL_NAME);
    const text = cutTo(fact.value, DETAIL);
    const size = measure(name, "codepoints") + measure(text, "codepoints");
    if (size > room || details.has(name)) continue;
    details.set(name, text);
    room -= size;
  }
  return Object.fromEntries(details);
}

/** The custom text's priority; otherwise the event's. */
function levelOf({ severity, tone }: Notification, { priority }: RenderContext): string {
  if (priority) return LEVELS[priority];
  if (severity === "critical") return "P1";
  if (tone === "failure") return "P2";
  return severity === "warning" || tone === "warning" ? "P3" : "P5";
}

export function isResponder(text: string): boolean {
  return text.length > (text.charAt(0) in KINDS ? 1 : 0);
}

function responderOf(text: string): Responder {
  const sign = text.charAt(0);
  const type = sign === "@" || sign === "#" || sign === "^" || sign === "*" ? KINDS[sign] : undefined;
  const name = type ? text.slice(1).trim() : text;
  if (UUID.test(name)) return { type: type ?? "team", id: name };
  return type === "user" ? { type, username: name } : { type: type ?? "team", name };
}

export function nameOf({ type, id, name, username }: Responder): string {
  return `${type} ${name ?? username ?? id ?? ""}`;
}
