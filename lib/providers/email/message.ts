import { createHash } from "node:crypto";
import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { notificationFacts } from "../kit/facts";
import { localTimeText } from "../kit/local-time";
import { cutLog } from "../kit/log-cut";
import { AUTOMATIC_HEADERS, type MailMessage } from "../kit/mail";
import { addressIn } from "../kit/mail-address";
import { actionsOf, linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { cutTo, oneLine } from "../kit/text";
import { htmlBody, type MailText, textBody } from "./body";

/** Mail servers set no such limits; these are what people read. A subject stays below the 998 octets of RFC 5322 2.1.1. */
export const MAIL_LIMITS = {
  title: { max: 150, unit: "codepoints" },
  message: { max: 100_000, unit: "bytes" },
  fieldLabel: { max: 100, unit: "codepoints" },
  fieldValue: { max: 2000, unit: "codepoints" },
  log: { max: 262_144, unit: "bytes" },
} as const;

const FACTS_MAX = 60;

interface Addresses {
  from?: string | undefined;
  to?: string[] | undefined;
  replyTo?: string | undefined;
}

/** One mail with both bodies, threaded by alert. */
export function composeMail(notification: Notification, config: Addresses, context: RenderContext): MailMessage {
  const { from = "", to = [], replyTo } = config;
  const host = /@([\w.-]+)$/.exec(addressIn(from))?.[1] ?? "belfry.invalid";
  const thread = `<${idPart(context.threadId)}.${shortHash(context.recipient || to.join())}@${host}>`;
  const content = composeContent(notification, context);
  return {
    from,
    to: context.recipient ? [context.recipient] : (context.onlyRecipients ?? to),
    ...(replyTo ? { replyTo } : {}),
    subject: context.subject ? oneLine(cutTo([{ text: context.subject }], MAIL_LIMITS.title)) : content.title,
    html: htmlBody(content),
    text: textBody(content),
    messageId: `<${idPart(context.deliveryId)}@${host}>`,
    headers: {
      ...AUTOMATIC_HEADERS,
      // All mails of one alert refer to the same root, which itself is never sent: mail programs thread by it.
      References: thread,
      ...(context.isFirst ? {} : { "In-Reply-To": thread }),
      "X-Belfry-Event": notification.type,
      "X-Belfry-Delivery": idPart(context.deliveryId),
      ...(notification.severity === "critical" ? { Importance: "high" } : {}),
    },
  };
}

function composeContent(notification: Notification, context: RenderContext): MailText {
  const { timezone, installation, because, log } = context;
  const link = linkOf(notification);
  const localTime = (at: number) => localTimeText(at, timezone);
  const facts = [...notificationFacts(notification, localTime), { name: "When", value: localTime(notification.at) }];
  return {
    notification: { ...notification, typeName: oneLine(notification.typeName) },
    title: oneLine(cutTo(titlePieces(notification, context), MAIL_LIMITS.title)),
    message: cutTo(messagePieces(notification, context), MAIL_LIMITS.message).trim(),
    facts: facts.slice(0, FACTS_MAX).map(({ name, value }) => ({
      label: cutTo(name, MAIL_LIMITS.fieldLabel),
      value: cutTo(value, MAIL_LIMITS.fieldValue),
    })),
    ...(log ? { log: cutLog(log, MAIL_LIMITS.log) } : {}),
    ...(link ? { link: { label: oneLine(link.label), url: link.url } } : {}),
    actions: actionsOf(notification),
    timezone,
    installation: { name: oneLine(installation.name), url: installation.url },
    ...(because ? { because: oneLine(because) } : {}),
  };
}

/** Only the characters that a message id may contain (RFC 5322 3.6.4). */
function idPart(id: string): string {
  return id.replace(/[^\w.-]/g, "") || "none";
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
