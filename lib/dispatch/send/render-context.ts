import { alertById, personTimezone, receiptsOf, runLogText } from "@/db/queries/dispatch";
import type { ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import type { CustomText, Route } from "@/lib/core/delivery";
import type { Notification } from "@/lib/core/notification";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { isChannelTest } from "@/lib/events/channel-test";
import { outcomeOf, type TextUse, textFor } from "@/lib/policy/custom-text";
import type { RenderContext } from "@/lib/providers/contract";
import type { Installation } from "./installation";
import type { LoadedChannel } from "./loaded-channel";
import { monitoredRun } from "./monitored-run";
import { templateValues } from "./template-values";

/** Why a channel gets a message, to complete "because of …". */
export const BECAUSE: Record<Route, string> = {
  rule: "a rule of the job",
  override: "the event's own channels",
  global: "the global channels",
  subscription: "a subscription of the channel",
  caller: "the channels that the caller named",
  user: "your account",
  fallback: "the global channels, since no rule of the job takes this",
  matcher: "a route",
  escalation: "an escalation policy, since nobody acknowledged the alert",
  system_mail: "your role as an administrator",
  nobody: "no channel having taken the alert in time",
  report: "the report settings",
  test: "a Test",
};

/** Bytes of log, where a rule does not say. */
const DEFAULT_LOG_LIMIT = 10_000;

/**
 * What a provider's `render` gets besides the notification. Ready at once for most deliveries; custom texts, logs and
 * people's time zones have to be read first.
 */
export function renderContext(
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel,
  notification: Notification,
  installation: Installation,
): RenderContext | Promise<RenderContext> {
  const context: RenderContext = {
    deliveryId: delivery.id,
    eventId: event.id,
    threadId: delivery.alertId ?? event.id,
    isFirst: delivery.alertId === null || (delivery.kind === "initial" && notification.status !== "resolved"),
    recipient: delivery.recipient,
    because: BECAUSE[delivery.route],
    now: Date.now(),
    timezone: installation.timezone,
    installation: { name: installation.name, url: installation.url },
  };
  if (delivery.kind === "update") context.isUpdate = true;
  if (channel.id === SYSTEM_MAIL_ID && isToAdministrators(delivery))
    context.subject = subjectOf(delivery, event, notification, installation);
  if (delivery.remaining) context.onlyRecipients = delivery.remaining;
  // A target of its own configuration needs no name.
  if (channel.targets) context.recipient = "";
  const text = textFor(
    channel.texts,
    delivery.text,
    outcomeOf(notification.tone),
    textUseOf(delivery, event, notification),
  );
  if (text.showFacts === false) context.hidesFacts = true;
  if (text.priority) context.priority = text.priority;
  if (text.tags) context.tags = text.tags;
  if (text.sound) context.sound = text.sound;
  if (text.mentions) context.mentions = text.mentions;
  const wants = wantsOf(delivery, channel, notification, text);
  return wants.length === 0
    ? context
    : readMore(context, { delivery, event, channel, notification, installation, text });
}

/** Or a Test of that; a step of an escalation to a person has its own title. */
function isToAdministrators({ route }: ClaimedDelivery): boolean {
  return route === "system_mail" || route === "test";
}

/**
 * The subject of a mail to all administrators: `[installation] Event name: subject`. What is over, and several in one,
 * say so in their own title.
 */
function subjectOf(
  { kind }: ClaimedDelivery,
  { subject }: ClaimedEvent,
  { title, typeName, status, isTest, isReport }: Notification,
  { name, titlePrefix = "" }: Installation,
): string {
  const isOwnTitle = isReport || status === "resolved" || kind === "recovery" || kind === "digest";
  const own = title.startsWith(titlePrefix) ? title.slice(titlePrefix.length) : title;
  return `[${name}] ${isOwnTitle ? own : `${isTest ? "Test: " : ""}${typeName}: ${subject.name}`}`;
}

/** Custom text is about one problem: not about its end, several in one, a report, or the channel's own Test. */
function textUseOf({ kind }: ClaimedDelivery, event: ClaimedEvent, { status, isReport }: Notification): TextUse {
  if (status === "resolved" || kind === "recovery") return "recovery";
  return kind === "digest" || isReport || isChannelTest(event.type) ? "options" : "whole";
}

interface Reading {
  delivery: ClaimedDelivery;
  event: ClaimedEvent;
  channel: LoadedChannel;
  notification: Notification;
  installation: Installation;
  text: CustomText;
}

/** What has to be read before this message can be rendered; most need nothing. */
function wantsOf(
  delivery: ClaimedDelivery,
  { provider, config }: LoadedChannel,
  notification: Notification,
  text: CustomText,
): string[] {
  return [
    delivery.userId ? "timezone" : "",
    text.title || text.message || provider.needsValues(config) ? "values" : "",
    delivery.text?.includeLog ? "log" : "",
    provider.wantsRun ? "run" : "",
    provider.usesReceipt && isLater(delivery, notification) ? "receipts" : "",
  ].filter(Boolean);
}

/** Not the first message about its alert. */
function isLater({ alertId, kind }: ClaimedDelivery, notification: Notification): boolean {
  return alertId !== null && (kind !== "initial" || notification.status === "resolved");
}

async function readMore(context: RenderContext, reading: Reading): Promise<RenderContext> {
  const { delivery, event, channel, notification, installation, text } = reading;
  const { provider, config } = channel;
  if (delivery.userId) context.timezone = (await personTimezone(delivery.userId)) ?? installation.timezone;
  const includesLog = delivery.text?.includeLog === true;
  if (provider.wantsRun) context.run = await monitoredRun(event, includesLog);
  if (provider.usesReceipt && isLater(delivery, notification)) {
    const receipts = await receiptsOf(delivery.alertId ?? "", delivery.channelId ?? "", delivery.recipient);
    if (receipts) context.previous = receipts;
  }
  const wantsValues = provider.needsValues(config);
  const hasOwn = Boolean(text.title || text.message);
  const wantsLog = wantsValues || includesLog || usesLog(text.title) || usesLog(text.message);
  const log = wantsLog && event.runId ? await runLogText(event.runId) : "";
  if (includesLog && log) context.log = bothEnds(log, delivery.text?.logLimit ?? DEFAULT_LOG_LIMIT);
  if (wantsValues || hasOwn) {
    const alert = delivery.alertId ? await alertById(delivery.alertId) : null;
    const values = templateValues(event, notification, alert, log, installation);
    if (wantsValues) context.values = values;
    if (hasOwn) {
      context.own = {
        // Whatever the custom text, a Test says so.
        ...(text.title ? { title: notification.isTest ? `Test: ${text.title}` : text.title } : {}),
        ...(text.message ? { message: text.message } : {}),
        values,
      };
    }
  }
  return context;
}

function usesLog(template: string | undefined): boolean {
  return template !== undefined && /\{\{\{?\s*log\./.test(template);
}

/** Head and tail of a log within a limit of bytes, with a mark where it was cut. */
function bothEnds(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  const mark = `\n… ${bytes.length - limit} bytes cut …\n`;
  const half = Math.max(0, Math.floor((limit - Buffer.byteLength(mark)) / 2));
  const head = trimEndSigns(bytes.subarray(0, half).toString(), "�");
  const tail = bytes
    .subarray(bytes.length - half)
    .toString()
    .replace(/^�+/, "");
  return `${head}${mark}${tail}`;
}
