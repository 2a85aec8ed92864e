import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { type Fields, fieldText, itemsOf, jsonFields, membersOf, readFields } from "./kit/fields";
import { noticeSignal } from "./kit/notice";

const METHODS = ["POST"];
/** `good` says too little: a message that a backup has begun is green as well. */
const COLORS: Record<string, SignalState> = { danger: "failure", warning: "warning" };
/** Slack takes 50 blocks and 100 attachments. */
const MAX_PARTS = 100;
/** Blocks may stand within blocks; nobody nests them deeper. */
const MAX_DEPTH = 6;

/** Slack's incoming webhooks: a text, blocks, attachments. @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slackReceiver = defineReceiver({ id: "slack", name: "Slack webhook", read: readSlackMessage });

/** Reads a message in Slack's form, which Discord and Mattermost take as well. */
export function readSlackMessage(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const body = readFields(request);
  const payload = body && (jsonFields(fieldText(body, "payload")) ?? body);
  if (!payload) return refuse(textReply("invalid_payload", 400));
  const attachments = itemsOf(payload.get("attachments")).slice(0, MAX_PARTS).map(membersOf);
  const texts = [
    fieldText(payload, "text"),
    ...itemsOf(payload.get("blocks"))
      .slice(0, MAX_PARTS)
      .flatMap((block) => blockTexts(block, 0)),
    ...attachments.flatMap(attachmentTexts),
  ].map(plainText);
  // Many tools send a text and the same again in blocks.
  const [title = "", ...rest] = [...new Set(texts.filter((text) => text !== ""))];
  if (title === "") return refuse(textReply("no_text", 400));
  const colors = attachments.map((attachment) => COLORS[fieldText(attachment, "color")]);
  const stated = colors.find((state) => state === "failure") ?? colors.find((state) => state !== undefined) ?? null;
  const notice = rest.length === 0 ? { title: "", text: title } : { title, text: rest.join("\n") };
  return { signals: [noticeSignal(notice, stated)], answer: textReply("ok") };
}

function attachmentTexts(attachment: Fields): string[] {
  const own = ["pretext", "title", "text"].map((name) => fieldText(attachment, name));
  const fields = itemsOf(attachment.get("fields"))
    .map(membersOf)
    .map((field) => [fieldText(field, "title"), fieldText(field, "value")].filter(Boolean).join(": "));
  const blocks = itemsOf(attachment.get("blocks")).flatMap((block) => blockTexts(block, 0));
  const texts = [...own, ...fields, ...blocks];
  return texts.some((text) => text !== "") ? texts : [fieldText(attachment, "fallback")];
}

/** All texts of a block, in order. */
function blockTexts(value: unknown, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  const block = membersOf(value);
  const text = fieldText(block, "text");
  const inner = ["text", "fields", "elements"].flatMap((name) => {
    const member = block.get(name);
    return Array.isArray(member) ? member : typeof member === "object" && member !== null ? [member] : [];
  });
  return [...(text === "" ? [] : [text]), ...inner.flatMap((one) => blockTexts(one, depth + 1))];
}

/** Slack's marks as text: `<https://a.example|name>`, `&lt;`. */
function plainText(text: string): string {
  return text
    .replace(/<([^<>|]{1,2000})(?:\|([^<>]{1,2000}))?>/g, (_, target: string, name?: string) => name ?? target)
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .trim();
}
