import type { SignalState } from "@/lib/core/signal";
import type { Reading, ReceivedRequest, ReceiverAnswer } from "../contract";
import { refuse, refuseMethod, textReply } from "./answers";
import { type Fields, fieldText } from "./fields";
import { noticeSignal } from "./notice";

const METHODS = ["POST", "PUT"];
/** `info` stands for a start and for a log as well, so only the text can say. */
const TYPES: Record<string, SignalState> = { success: "success", warning: "warning", failure: "failure" };

/**
 * A message as Apprise sends it: title, text and type.
 * @param parse the fields of a body; null for a body that is none
 * @param answer to a message that was understood
 */
export function readAppriseMessage(
  request: ReceivedRequest,
  parse: (request: ReceivedRequest) => Fields | null,
  answer: ReceiverAnswer,
): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const fields = parse(request);
  if (!fields) return refuse(textReply("The body is not a message with a title, a text and a type.", 400));
  const title = fieldText(fields, "title", "subject");
  const text = fieldText(fields, "message", "body");
  const type = fieldText(fields, "type").trim().toLowerCase();
  if (title === "" && text === "" && type === "") {
    return refuse(textReply("The message has neither a title nor a text.", 400));
  }
  const stated = Object.hasOwn(TYPES, type) ? (TYPES[type] ?? null) : null;
  return { signals: [noticeSignal({ title, text }, stated)], answer };
}
