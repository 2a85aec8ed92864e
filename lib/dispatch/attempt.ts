import { alertById, personTimezone, runLogText } from "@/db/queries/dispatch";
import type { AttemptRecord, ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import type { Route } from "@/lib/core/delivery";
import { messageOf } from "@/lib/core/errors";
import { INVITATION_MARK, INVITATION_PURPOSE } from "@/lib/core/invitation-mark";
import { loggerOf } from "@/lib/core/logger";
import type { Notification } from "@/lib/core/notification";
import type { Outcome, ProviderIo, RenderContext } from "@/lib/providers/contract";
import { redactDeep, redactor } from "@/lib/secrets/redact";
import { open } from "@/lib/secrets/seal";
import type { Installation } from "./installation";
import type { LoadedChannel } from "./loaded-channel";
import { templateValues } from "./template-values";

const log = loggerOf("dispatch");

export interface AttemptResult {
  outcome: Outcome;
  /** What was sent, secrets redacted. */
  payload: unknown;
  record: AttemptRecord;
}

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

/** Answers are kept up to this many characters. */
const ANSWER_LIMIT = 2_000;

/** One try of one delivery: render, send, and what is to be written of it. Never throws. */
export async function attempt(
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel,
  io: ProviderIo,
  installation: Installation,
): Promise<AttemptResult> {
  const at = Date.now();
  let payload: unknown = null;
  let outcome: Outcome;
  let { redact } = channel;
  try {
    const invitation = event.data.invitation ? open(event.data.invitation, INVITATION_PURPOSE) : null;
    if (invitation) redact = redactor([...channel.secrets, invitation]);
    const text = delivery.notification ?? event.notification;
    const notification = withLink(invitation ? withInvitation(text, invitation) : text, installation.url);
    const context = await contextOf(delivery, event, channel, notification, installation);
    payload = channel.provider.render(notification, channel.config, context);
    outcome = await send(payload, channel, io);
  } catch (error) {
    log.error("a notification could not be rendered", {
      deliveryId: delivery.id,
      provider: channel.provider.id,
      error,
    });
    outcome = { kind: "rejected", reason: `The message could not be written: ${messageOf(error)}` };
  }
  return {
    outcome: outcome.kind === "sent" ? outcome : { ...outcome, reason: redact(outcome.reason) },
    payload: redactDeep(payload, redact),
    record: {
      at,
      latencyMs: Date.now() - at,
      outcome: outcome.kind,
      status: outcome.status ?? null,
      error: outcome.kind === "sent" ? null : redact(outcome.reason),
      advice: outcome.advice ?? null,
      answer: outcome.answer ? redact(outcome.answer).slice(0, ANSWER_LIMIT) : null,
      retryAfterMs: outcome.kind === "retry" ? (outcome.afterMs ?? null) : null,
    },
  };
}

async function send(payload: unknown, channel: LoadedChannel, io: ProviderIo): Promise<Outcome> {
  try {
    return await channel.provider.send(payload, channel.config, io);
  } catch (error) {
    log.error("sending threw instead of answering", { provider: channel.provider.id, error });
    return { kind: "retry", reason: messageOf(error) };
  }
}

async function contextOf(
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel,
  notification: Notification,
  installation: Installation,
): Promise<RenderContext> {
  const { text } = delivery;
  const context: RenderContext = {
    deliveryId: delivery.id,
    eventId: event.id,
    threadId: delivery.alertId ?? event.id,
    isFirst: delivery.alertId === null || (delivery.kind === "telling" && notification.status !== "resolved"),
    recipient: delivery.recipient,
    because: BECAUSE[delivery.route],
    now: Date.now(),
    timezone: (delivery.userId ? await personTimezone(delivery.userId) : null) ?? installation.timezone,
    installation: { name: installation.name, url: installation.url },
  };
  if (delivery.remaining) context.onlyRecipients = delivery.remaining;
  if (channel.provider.needsValues(channel.config)) {
    const alert = delivery.alertId ? await alertById(delivery.alertId) : null;
    const runLog = event.runId ? await runLogText(event.runId) : "";
    context.values = templateValues(event, notification, alert, runLog, installation.url);
  }
  if (!text || delivery.kind === "recovery") return context;
  const wantsLog = event.runId !== null && (text.includeLog === true || usesLog(text.title) || usesLog(text.message));
  const fullLog = wantsLog && event.runId ? await runLogText(event.runId) : "";
  if (text.includeLog && fullLog) context.log = bothEnds(fullLog, text.logLimit ?? 10_000);
  if (text.title || text.message) {
    const alert = delivery.alertId ? await alertById(delivery.alertId) : null;
    context.own = {
      ...(text.title ? { title: text.title } : {}),
      ...(text.message ? { message: text.message } : {}),
      values: templateValues(event, notification, alert, fullLog, installation.url),
    };
  }
  if (text.priority) context.priority = text.priority;
  if (text.tags) context.tags = text.tags;
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

/** Puts an invitation's link in the place that was kept for it. */
function withInvitation(text: Notification, url: string): Notification {
  const put = (part: string) => part.replaceAll(INVITATION_MARK, url);
  return {
    ...text,
    message: put(text.message),
    ...(text.link ? { link: { ...text.link, url: put(text.link.url) } } : {}),
  };
}

/** Paths of the console become addresses when ours is known; otherwise there is no link. */
function withLink(notification: Notification, baseUrl: string | null): Notification {
  const { link } = notification;
  if (!link || /^https?:/.test(link.url)) return notification;
  if (!baseUrl) return { ...notification, link: undefined };
  return { ...notification, link: { ...link, url: `${baseUrl}${link.url}` } };
}
