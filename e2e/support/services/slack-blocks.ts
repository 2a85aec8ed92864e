import { isObject } from "@/lib/providers/kit/json-body";

const TEXT_MAX = 40_000;
const BLOCKS_MAX = 50;
/** As measured: https://github.com/slackapi/bolt-js/issues/2867. Each text object counts besides its text. */
const ALL_BLOCKS_MAX = 13_000;
const OBJECT_SIZE = 60;

/**
 * What Slack would refuse in a message, by the name of its error; nothing when it is sound.
 * https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
export function slackProblemIn(message: unknown): string | undefined {
  if (!isObject(message)) return "invalid_payload";
  const { text, blocks = [], attachments = [] } = message;
  if (text !== undefined && typeof text !== "string") return "invalid_payload";
  if (!Array.isArray(blocks) || !Array.isArray(attachments)) return "invalid_payload";
  if (!text && blocks.length === 0 && attachments.length === 0) return "no_text";
  if (text && sizeOf(text) > TEXT_MAX) return "msg_too_long";
  if (attachments.length > 100) return "too_many_attachments";
  const all: unknown[] = [...blocks];
  for (const one of attachments) {
    if (!isObject(one) || !Array.isArray(one.blocks)) return "invalid_attachments";
    all.push(...one.blocks);
  }
  if (all.length > BLOCKS_MAX) return "invalid_blocks";
  if (!all.every(isSound)) return "invalid_blocks";
  const size = textsOf(all).reduce((sum, one) => sum + sizeOf(one) + OBJECT_SIZE, 0);
  return size > ALL_BLOCKS_MAX ? "msg_blocks_too_long" : undefined;
}

function isSound(block: unknown): boolean {
  if (!isObject(block)) return false;
  const { type, text, fields, elements } = block;
  if (type === "header") return isText(text, 150) && isObject(text) && text.type === "plain_text";
  if (type === "section") {
    if (fields === undefined) return isText(text, 3000);
    const isFull = Array.isArray(fields) && fields.length > 0 && fields.length <= 10;
    return isFull && fields.every((one) => isText(one, 2000)) && (text === undefined || isText(text, 3000));
  }
  if (type !== "context" || !Array.isArray(elements)) return false;
  return elements.length > 0 && elements.length <= 10 && elements.every((one) => isText(one, 2000));
}

function isText(value: unknown, max: number): boolean {
  if (!isObject(value) || typeof value.text !== "string") return false;
  if (value.type !== "plain_text" && value.type !== "mrkdwn") return false;
  if (value.type === "plain_text" ? "verbatim" in value : "emoji" in value) return false;
  return value.text.trim().length > 0 && sizeOf(value.text) <= max;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => (name === "type" ? [] : textsOf(one)));
}

function sizeOf(text: string): number {
  return [...text].length;
}
