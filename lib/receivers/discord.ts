import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { jsonReply, refuse, refuseMethod, textReply } from "./kit/answers";
import { type Fields, fieldText, itemsOf, jsonFields, membersOf, readFields } from "./kit/fields";
import { noticeSignal } from "./kit/notice";
import { readSlackMessage } from "./slack";

const METHODS = ["POST"];

/** Discord's webhooks: a text and embeds; `/slack` behind the address takes Slack's form. @see https://docs.discord.com/developers/resources/webhook */
export const discordReceiver = defineReceiver({ id: "discord", name: "Discord webhook", read: readMessage });

function readMessage(request: ReceivedRequest): Reading {
  if (/(?:^|\/)slack$/.test(request.path)) return readSlackMessage(request);
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const body = readFields(request);
  const payload = body && (jsonFields(fieldText(body, "payload_json")) ?? body);
  if (!payload) return refuse(jsonReply({ message: "The request body contains invalid JSON.", code: 50_109 }, 400));
  const texts = [fieldText(payload, "content"), ...itemsOf(payload.get("embeds")).map(membersOf).flatMap(embedTexts)];
  const [title = "", ...rest] = texts.filter((text) => text.trim() !== "");
  if (title === "") return refuse(jsonReply({ message: "Cannot send an empty message", code: 50_006 }, 400));
  const notice = rest.length === 0 ? { title: "", text: title } : { title, text: rest.join("\n") };
  return { signals: [noticeSignal(notice, null)], answer: textReply("", 204) };
}

function embedTexts(embed: Fields): string[] {
  const fields = itemsOf(embed.get("fields"))
    .map(membersOf)
    .map((field) => [fieldText(field, "name"), fieldText(field, "value")].filter(Boolean).join(": "));
  return [fieldText(embed, "title"), fieldText(embed, "description"), ...fields];
}
