import type { AttemptRecord, ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import { messageOf } from "@/lib/core/errors";
import { INVITATION_MARK, INVITATION_PURPOSE } from "@/lib/core/invitation-mark";
import { loggerOf } from "@/lib/core/logger";
import type { Notification } from "@/lib/core/notification";
import type { Provider, ProviderIo, SendResult } from "@/lib/providers/contract";
import { type Redact, redactDeep, redactor } from "@/lib/secrets/redact";
import { open } from "@/lib/secrets/seal";
import { withAcknowledgeLink } from "./acknowledge-link";
import type { Installation } from "./installation";
import type { LoadedChannel } from "./loaded-channel";
import { notificationOf } from "./notification-of";
import { renderContext } from "./render-context";

const log = loggerOf("dispatch");

export interface AttemptResult {
  outcome: SendResult;
  /** What was sent, secrets redacted. */
  payload: unknown;
  record: AttemptRecord;
}

/** Answers are kept up to this many characters. */
const ANSWER_LIMIT = 2_000;

/** One attempt of one delivery: render, send, and the record of it. Never throws. */
export async function attempt(
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel,
  io: ProviderIo,
  installation: Installation,
): Promise<AttemptResult> {
  const at = Date.now();
  let payload: unknown = null;
  let outcome: SendResult;
  let { redact } = channel;
  try {
    const invitation = event.data.invitation ? open(event.data.invitation, INVITATION_PURPOSE) : null;
    if (invitation) redact = redactor([...channel.secrets, invitation]);
    const text = delivery.notification ?? event.notification;
    const plain = notificationOf(invitation ? withInvitation(text, invitation) : text, installation);
    const linked = withAcknowledgeLink(plain, delivery, channel.provider, installation, at);
    if (linked) redact = inOrder(linked.hide, redact);
    const notification = linked?.notification ?? plain;
    const prepared = renderContext(delivery, event, channel, notification, installation);
    const context = prepared instanceof Promise ? await prepared : prepared;
    const config = channel.targets?.get(delivery.recipient) ?? channel.config;
    payload = channel.provider.render(notification, config, context);
    outcome = await send(payload, channel.provider, config, io);
  } catch (error) {
    log.error("failed to render a notification", {
      deliveryId: delivery.id,
      provider: channel.provider.id,
      error,
    });
    outcome = { kind: "rejected", reason: `The message could not be rendered: ${messageOf(error)}` };
  }
  return {
    outcome: redacted(outcome, redact),
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

function inOrder(first: Redact, second: Redact): Redact {
  return (text) => second(first(text));
}

function redacted(outcome: SendResult, redact: Redact): SendResult {
  const refused = outcome.refused?.map((one) => ({ ...one, reason: redact(one.reason) }));
  const some = refused ? { refused } : {};
  return outcome.kind === "sent" ? { ...outcome, ...some } : { ...outcome, ...some, reason: redact(outcome.reason) };
}

/** The result when nothing could be sent for a reason that may pass. @param reason a sentence without secrets */
export function postponedAttempt(reason: string): AttemptResult {
  return {
    outcome: { kind: "retry", reason },
    payload: null,
    record: {
      at: Date.now(),
      latencyMs: 0,
      outcome: "retry",
      status: null,
      error: reason,
      advice: null,
      answer: null,
      retryAfterMs: null,
    },
  };
}

async function send(payload: unknown, provider: Provider, config: unknown, io: ProviderIo): Promise<SendResult> {
  try {
    return await provider.send(payload, config, io);
  } catch (error) {
    log.error("provider threw instead of answering", { provider: provider.id, error });
    return { kind: "retry", reason: messageOf(error) };
  }
}

/** Replaces the mark for an invitation's link by the link. */
function withInvitation(text: Notification, url: string): Notification {
  const put = (part: string) => part.replaceAll(INVITATION_MARK, url);
  return {
    ...text,
    message: put(text.message),
    ...(text.link ? { link: { ...text.link, url: put(text.link.url) } } : {}),
  };
}
