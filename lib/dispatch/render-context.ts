import { alertById, personTimezone, runLogText } from "@/db/queries/dispatch";
import type { ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import type { Route } from "@/lib/core/delivery";
import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "@/lib/providers/contract";
import type { Installation } from "./installation";
import type { LoadedChannel } from "./loaded-channel";
import { templateValues } from "./template-values";

/** Why somebody gets a message, to complete "because of …". */
const BECAUSE: Record<Route, string> = {
  row: "a row of the job",
  override: "the event's own channels",
  global: "the global channels",
  subscription: "a subscription of the channel",
  caller: "the channels that the caller named",
  user: "your account",
  fallback: "the global channels, since no row of the job takes this",
  test: "a Test",
};

/** Bytes of log, where a row does not say. */
const DEFAULT_LOG_LIMIT = 10_000;

/**
 * What a provider's `render` gets besides the notification. Ready at once for plain deliveries, which most are;
 * own texts, logs and people's time zones have to be read first.
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
    isFirst: delivery.alertId === null || (delivery.kind === "telling" && notification.status !== "resolved"),
    recipient: delivery.recipient,
    because: BECAUSE[delivery.route],
    now: Date.now(),
    timezone: installation.timezone,
    installation: { name: installation.name, url: installation.url },
  };
  if (delivery.remaining) context.onlyRecipients = delivery.remaining;
  const isPlain = !delivery.userId && !ownTextOf(delivery) && !channel.provider.needsValues(channel.config);
  return isPlain ? context : readMore(context, delivery, event, channel, notification, installation);
}

/** A recovery is told in the standard words: own ones speak of the problem. */
function ownTextOf(delivery: ClaimedDelivery) {
  return delivery.kind === "recovery" ? null : delivery.text;
}

async function readMore(
  context: RenderContext,
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel,
  notification: Notification,
  installation: Installation,
): Promise<RenderContext> {
  if (delivery.userId) context.timezone = (await personTimezone(delivery.userId)) ?? installation.timezone;
  const text = ownTextOf(delivery);
  const wantsValues = channel.provider.needsValues(channel.config);
  const wantsLog = wantsValues || text?.includeLog === true || usesLog(text?.title) || usesLog(text?.message);
  const log = wantsLog && event.runId ? await runLogText(event.runId) : "";
  if (text?.includeLog && log) context.log = bothEnds(log, text.logLimit ?? DEFAULT_LOG_LIMIT);
  if (wantsValues || text?.title || text?.message) {
    const alert = delivery.alertId ? await alertById(delivery.alertId) : null;
    const values = templateValues(event, notification, alert, log, installation.url);
    if (wantsValues) context.values = values;
    if (text?.title || text?.message) {
      context.own = {
        ...(text.title ? { title: text.title } : {}),
        ...(text.message ? { message: text.message } : {}),
        values,
      };
    }
  }
  if (text?.priority) context.priority = text.priority;
  if (text?.tags) context.tags = text.tags;
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
  const head = bytes.subarray(0, half).toString().replace(/�+$/, "");
  const tail = bytes
    .subarray(bytes.length - half)
    .toString()
    .replace(/^�+/, "");
  return `${head}${mark}${tail}`;
}
