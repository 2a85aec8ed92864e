import { createHash } from "node:crypto";
import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { jsonReply, refuseMethod } from "./kit/answers";
import { fieldText, jsonFields } from "./kit/fields";
import { noticeSignal } from "./kit/notice";
import { bodyText } from "./kit/texts";

const METHODS = ["POST", "PUT"];
const PRIORITIES = ["", "min", "low", "default", "high", "max"];
/** What ntfy takes as a message's name in headers and queries. */
const NAMES = {
  title: ["x-title", "title", "ti", "t"],
  message: ["x-message", "message", "m"],
  priority: ["x-priority", "priority", "prio", "p"],
  tags: ["x-tags", "tags", "tag", "ta"],
};

interface Published {
  topic: string;
  title: string;
  message: string;
  priority: string;
  tags: string[];
}

/**
 * ntfy: JSON to the server's address, or a text to a topic with its title in a header or the query.
 * @see https://docs.ntfy.sh/publish/
 */
export const ntfyReceiver = defineReceiver({ id: "ntfy", name: "ntfy", read: readPublished });

function readPublished(request: ReceivedRequest): Reading {
  const isPublishGet = request.method === "GET" && /(?:^|\/)(?:publish|send|trigger)$/.test(request.path);
  if (!METHODS.includes(request.method) && !isPublishGet) return refuseMethod(METHODS);
  const published = readJsonMessage(request) ?? readPlainMessage(request);
  const { title, message } = published;
  const signal = noticeSignal({ title, text: message }, null);
  return { signals: [signal], answer: jsonReply(answerOf(published, request.receivedAt)) };
}

/** JSON counts where no topic stands in the path, as with ntfy. */
function readJsonMessage(request: ReceivedRequest): Published | null {
  const fields = request.path === "" ? jsonFields(bodyText(request.body)) : null;
  if (!fields) return null;
  const tags = fields.get("tags");
  return {
    topic: fieldText(fields, "topic"),
    title: fieldText(fields, "title"),
    message: fieldText(fields, "message") || "triggered",
    priority: fieldText(fields, "priority"),
    // borgmatic 2.1.0 sends them as one text.
    tags: (Array.isArray(tags) ? tags : [tags]).flatMap((tag) => (typeof tag === "string" ? tag.split(",") : [])),
  };
}

function readPlainMessage(request: ReceivedRequest): Published {
  const query = new URLSearchParams(request.query);
  const look = (names: string[]) => {
    const name = names.find((one) => query.get(one) || request.header(one));
    return name === undefined ? "" : query.get(name) || headerText(request.header(name) ?? "");
  };
  const body = bodyText(request.body).trim();
  const [named, tags] = [look(NAMES.message).replaceAll("\\n", "\n"), look(NAMES.tags)];
  return {
    topic: request.path.split("/")[0] ?? "",
    title: look(NAMES.title),
    // With both, ntfy takes the body as an attachment.
    message: [named, body].filter(Boolean).join("\n\n") || "triggered",
    priority: look(NAMES.priority),
    tags: tags.split(",").filter(Boolean),
  };
}

/** A header's text: encoded words (RFC 2047), and UTF-8, which arrives as single bytes. */
function headerText(value: string): string {
  const decoded = value.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    kind.toLowerCase() === "b" ? Buffer.from(text, "base64").toString() : quotedText(text),
  );
  const bytes = Buffer.from(decoded, "latin1");
  if (decoded !== value || bytes.toString("latin1") !== value) return decoded;
  const text = bytes.toString();
  return text.includes("\ufffd") ? value : text;
}

function quotedText(text: string): string {
  const bytes = text
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}

function answerOf({ topic, title, message, priority, tags }: Published, receivedAt: number) {
  const id = createHash("sha256").update(`${receivedAt}\n${topic}\n${title}\n${message}`).digest("base64url");
  const time = Math.floor(receivedAt / 1_000);
  const level = Number(priority) || PRIORITIES.indexOf(priority.toLowerCase().replace("urgent", "max"));
  return {
    id: id.replace(/[-_]/g, "0").slice(0, 12),
    time,
    expires: time + 43_200,
    event: "message",
    topic,
    ...(title !== "" && { title }),
    message,
    ...(level >= 1 && level <= 5 && { priority: level }),
    ...(tags.length > 0 && { tags }),
  };
}
