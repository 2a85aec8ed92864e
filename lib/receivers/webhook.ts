import type { SignalState } from "@/lib/core/signal";
import { parseMappingPath, type WebhookMapping } from "@/lib/core/webhook-mapping";
import { defineReceiver, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { amountOf, jsonValue, momentOf, readFields } from "./kit/fields";
import { noticeSignal } from "./kit/notice";
import { stateOfWord } from "./kit/state-words";
import { bodyText, storableText } from "./kit/texts";

const METHODS = ["POST", "PUT", "PATCH"];
/** Where tools mostly put them. */
const USUAL: WebhookMapping = { state: { path: "status", rules: [] }, title: "title", message: "message" };

/** JSON of any other program: the job says where its fields are. */
export const webhookReceiver = defineReceiver({ id: "webhook", name: "Webhook", read: readWebhook });

function readWebhook(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const text = bodyText(request.body);
  if (text.trim() === "") return refuse(textReply("The body is empty.", 400));
  const fields = readFields(request);
  const body = jsonValue(text) ?? (fields ? Object.fromEntries(fields) : text);
  const signal = readMapped(body, request.mapping ?? USUAL);
  // What the mapping finds nothing in still says something; keywords may know what.
  const isEmpty = signal.message === undefined && signal.log === undefined;
  return { signals: [isEmpty ? { ...signal, log: text } : signal], answer: textReply("OK") };
}

/**
 * The signal of a body by a mapping. A path that leads nowhere finds nothing; without a state it is `unknown`.
 * @param body any JSON value
 */
export function readMapped(body: unknown, mapping: WebhookMapping): Signal {
  const find = (path: string | undefined) => (path === undefined ? undefined : valueAt(body, path));
  const title = textOf(find(mapping.title));
  const message = textOf(find(mapping.message));
  const log = textOf(find(mapping.log));
  const notice = noticeSignal({ title, text: message }, mapping.state ? stateAt(body, mapping.state) : null);
  const runKey = textOf(find(mapping.runKey)).slice(0, 200);
  const seconds = amountOf(find(mapping.durationSeconds));
  const numbers = {
    startedAt: momentOf(find(mapping.startedAt)),
    finishedAt: momentOf(find(mapping.finishedAt)),
    durationMs: seconds === undefined ? undefined : Math.round(seconds * 1_000),
    bytes: wholeOf(find(mapping.bytes)),
    files: wholeOf(find(mapping.files)),
    exitCode: wholeOf(find(mapping.exitCode)),
  };
  return {
    ...notice,
    ...(log !== "" && { log: notice.log === undefined ? log : `${notice.log}\n\n${log}` }),
    ...(runKey !== "" && { runKey }),
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
  };
}

function stateAt(body: unknown, { path, rules }: NonNullable<WebhookMapping["state"]>): SignalState | null {
  const value = textOf(valueAt(body, path)).trim();
  const rule = rules.find(({ equals }) => equals.trim().toLowerCase() === value.toLowerCase());
  return rule?.state ?? stateOfWord(value);
}

function valueAt(body: unknown, path: string): unknown {
  let value = body;
  for (const step of parseMappingPath(path) ?? []) {
    if (typeof value !== "object" || value === null) return undefined;
    if (typeof step === "number") value = Array.isArray(value) ? value.at(step) : undefined;
    else value = Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
  }
  return value;
}

/** Texts, numbers and switches as they are; a list of texts as lines; other values as JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return storableText(value.join("\n"));
  return typeof value === "object" ? jsonText(value) : String(value);
}

/** What is nested deeper than the machine's stack is left out. */
function jsonText(value: object): string {
  try {
    return storableText(JSON.stringify(value));
  } catch {
    return "";
  }
}

function wholeOf(value: unknown): number | undefined {
  const amount = amountOf(value);
  return amount === undefined ? undefined : Math.round(amount);
}
