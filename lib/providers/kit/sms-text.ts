import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { actionsOf, linkOf, messagePieces, titlePieces } from "./message-text";
import { clean, cutTo, join } from "./text";

/** A text message as phones receive it, and its cost. */
export interface Sms {
  text: string;
  encoding: "GSM-7" | "UCS-2";
  /** Into how many messages the network splits it. */
  segments: number;
}

/** The longest text message that Belfry sends: each segment costs money. */
const SEGMENTS_MAX = 3;
/** What fits into one segment alone, and into each of several: https://www.twilio.com/docs/glossary/what-sms-character-limit */
const ROOM = { "GSM-7": { alone: 160, joined: 153 }, "UCS-2": { alone: 70, joined: 67 } } as const;

/** The most of each encoding, in septets and in UTF-16 units; an extension character counts as two septets. */
export const SMS_LIMITS = {
  gsm7: { max: ROOM["GSM-7"].joined * SEGMENTS_MAX, unit: "utf16" },
  ucs2: { max: ROOM["UCS-2"].joined * SEGMENTS_MAX, unit: "utf16" },
} as const;

/** A little more than the longest message of either encoding. */
const LOOKED_AT = 520;
/** 3GPP TS 23.038, 6.2.1: the default alphabet, and below it the extension table. */
const GSM = /^[@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const EXTENSION = /[\^{}\\[~\]|€]/g;
const TYPOGRAPHY = /[“”„‟«»″‘’‚‛‹›′`´–—―‐‑‒−…·•→×\u00a0\u2000-\u200a\u202f\u205f\u3000\u200b\u00ad\u2060\t]/g;
const TWINS: Record<string, string> = {
  ...twins("“”„‟«»″", '"'),
  ...twins("‘’‚‛‹›′`´", "'"),
  ...twins("–—―‐‑‒−·•", "-"),
  ...twins("\u200b\u00ad\u2060", ""),
  "…": "...",
  "→": "->",
  "×": "x",
};

function twins(signs: string, twin: string): Record<string, string> {
  return Object.fromEntries(Array.from(signs, (sign) => [sign, twin]));
}

/** Typographic signs as plain ones, so that one pair of quotes does not more than double the price. */
export function plainTypography(text: string): string {
  return text.replace(TYPOGRAPHY, (sign) => TWINS[sign] ?? " ");
}

/** Every character as it is counted: those of the extension table are two septets. */
export function asSeptets(text: string): string {
  return text.replace(EXTENSION, "\u001b$&");
}

/** The encoding of a text and the number of its segments. */
export function measureSms(text: string): Omit<Sms, "text"> {
  const encoding = GSM.test(text) ? "GSM-7" : "UCS-2";
  const size = encoding === "GSM-7" ? asSeptets(text).length : text.length;
  const { alone, joined } = ROOM[encoding];
  return { encoding, segments: size <= alone ? 1 : Math.ceil(size / joined) };
}

/**
 * Title and message in at most three segments, in GSM-7 when it has every character.
 * The title comes first; the link is added only when it fits, a log never. The address of an action is added only when
 * the message stays as many segments as it is.
 */
export function smsText(notification: Notification, context: RenderContext): Sms {
  const title = plainTypography(
    `${notification.isTest ? "Test: " : ""}${join(titlePieces(notification, context))}`,
  ).trim();
  const message = plainTypography(join(messagePieces(notification, context))).trim();
  // Text that is cut anyway must not decide the encoding.
  const words = clean((message && message !== title ? `${title}\n${message}` : title).slice(0, LOOKED_AT));
  const text = GSM.test(words) ? cutSeptets(words) : cutTo(words, SMS_LIMITS.ucs2);
  const link = linkOf(notification)?.url;
  const whole = link === undefined ? text : `${text}\n${link}`;
  return withActions(notification, fits(whole, GSM.test(text)) ? whole : text);
}

function withActions(notification: Notification, text: string): Sms {
  const size = measureSms(text);
  const more = [text, ...actionsOf(notification).map(({ label, url }) => `${label}: ${url}`)].join("\n");
  const longer = measureSms(more);
  const isFree = longer.segments === size.segments && longer.encoding === size.encoding;
  return isFree ? { text: more, ...longer } : { text, ...size };
}

/** The link must not change the encoding: that alone would more than double the price. */
function fits(text: string, isGsm: boolean): boolean {
  if (isGsm) return GSM.test(text) && asSeptets(text).length <= SMS_LIMITS.gsm7.max;
  return text.length <= SMS_LIMITS.ucs2.max;
}

function cutSeptets(text: string): string {
  const { max, unit } = SMS_LIMITS.gsm7;
  if (asSeptets(text).length <= max) return text;
  // GSM-7 has the mark of a cut only as three dots, two more than `cutTo` counts.
  return cutTo(text, { max: max - 2, unit }, asSeptets)
    .replaceAll("\u001b", "")
    .replace(/…$/, "...");
}
