import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { jsonReply, refuse, refuseMethod } from "./kit/answers";
import { fieldText, readFields } from "./kit/fields";
import { noticeSignal } from "./kit/notice";

const METHODS = ["POST"];

/** Gotify's message API: a title and a message, in JSON or a form. @see https://gotify.net/api-docs */
export const gotifyReceiver = defineReceiver({ id: "gotify", name: "Gotify", read: readMessage });

function readMessage(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const fields = readFields(request) ?? new Map<string, unknown>();
  const [title, message] = [fieldText(fields, "title"), fieldText(fields, "message")];
  if (message === "") return refuse(jsonReply(REQUIRED, 400));
  const answer = {
    id: 1,
    appid: 1,
    message,
    title,
    priority: Number(fieldText(fields, "priority")) || 0,
    date: new Date(request.receivedAt).toISOString(),
  };
  return { signals: [noticeSignal({ title, text: message }, null)], answer: jsonReply(answer) };
}

const REQUIRED = { error: "Bad Request", errorCode: 400, errorDescription: "Field 'message' is required" };
