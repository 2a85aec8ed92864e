import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { amountOf, type Fields, fieldText, itemsOf, jsonFields, membersOf, momentOf, readFields } from "./kit/fields";
import { bodyText, reasonIn, storableText, summaryLine } from "./kit/texts";

const METHODS = ["POST", "PUT"];
const RESULTS: Record<string, SignalState> = {
  success: "success",
  warning: "warning",
  error: "failure",
  fatal: "failure",
};

/**
 * Duplicati's reports: JSON (`--send-http-json-urls`), or its text as the form field `message` (`--send-http-url`).
 * @see https://docs.duplicati.com/detailed-descriptions/using-notifications
 */
export const duplicatiReceiver = defineReceiver({ id: "duplicati", name: "Duplicati", read: readReport });

function readReport(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const fields = readFields(request);
  const text = fields?.has("message") ? fieldText(fields, "message") : bodyText(request.body);
  const json = fields?.has("Data") ? fields : jsonFields(text.trim());
  if (!json && text.trim() === "") return refuse(textReply("The body holds no report.", 400));
  if (json) return { signals: [readJsonReport(json)], answer: textReply("OK") };
  // JSON that was too long to be kept whole: its result comes before the lines of its log.
  const result = fields && fieldText(fields, "ParsedResult");
  const signal = result ? { state: stateOf(result, false), log: text } : readTextReport(text);
  return { signals: [signal], answer: textReply("OK") };
}

function readJsonReport(report: Fields): Signal {
  const [data, extra] = [membersOf(report.get("Data")), membersOf(report.get("Extra"))];
  const lines = itemsOf(report.get("LogLines")).filter((line) => typeof line === "string");
  const log = storableText(lines.join("\n"));
  // In place of a result an exception stands for a run that ended with it.
  const thrown = fieldText(report, "Exception") || (data.has("ParsedResult") ? "" : fieldText(data, "Message"));
  const state = thrown === "" ? stateOf(fieldText(data, "ParsedResult"), data.get("Interrupted") === true) : "failure";
  const reason = thrown || (state === "success" ? "" : reasonIn(log));
  const name = fieldText(extra, "backup-name");
  const message = summaryLine([name, reason].filter(Boolean).join(": "));
  return {
    state,
    ...(message !== "" && { message }),
    ...(log.trim() !== "" && { log }),
    ...figuresOf({
      startedAt: momentOf(data.get("BeginTime")),
      finishedAt: momentOf(data.get("EndTime")),
      durationMs: spanMs(fieldText(data, "Duration")),
      bytes: amountOf(data.get("SizeOfExaminedFiles")),
      files: amountOf(data.get("ExaminedFiles")),
    }),
  };
}

/** `ParsedResult: Success`, `BeginTime: 4/21/2025 11:45:46 PM (1745279146)`, `Failed: …`. */
function readTextReport(report: string): Signal {
  const text = storableText(report);
  const lines = text.split("\n").map((line) => line.trim());
  const lineOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  const exactly = (name: string) => /(?:^|\()(\d{1,15})\)?$/.exec(lineOf(name))?.[1];
  const failed = lineOf("Failed");
  const state = failed === "" ? stateOf(lineOf("ParsedResult"), lineOf("Interrupted") === "True") : "failure";
  const reason = failed || (state === "success" ? "" : reasonIn(text.slice(text.indexOf("\n") + 1)));
  const message = summaryLine([lines[0], reason].filter(Boolean).join(": "));
  return {
    state,
    ...(message !== "" && { message }),
    log: text,
    ...figuresOf({
      startedAt: momentOf(exactly("BeginTime")),
      finishedAt: momentOf(exactly("EndTime")),
      durationMs: spanMs(lineOf("Duration")),
      bytes: amountOf(exactly("SizeOfExaminedFiles")),
      files: amountOf(exactly("ExaminedFiles")),
    }),
  };
}

function stateOf(result: string, isInterrupted: boolean): SignalState {
  const key = result.trim().toLowerCase();
  const state = (Object.hasOwn(RESULTS, key) ? RESULTS[key] : undefined) ?? "unknown";
  return state === "success" && isInterrupted ? "warning" : state;
}

/** .NET's `1.02:03:04.5`: days, hours, minutes, seconds. */
function spanMs(text: string): number | undefined {
  const parts = /^(?:(\d{1,5})\.)?(\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)$/.exec(text.trim());
  if (!parts) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1_000);
}

type Figures = Pick<Signal, "startedAt" | "finishedAt" | "durationMs" | "bytes" | "files">;

function figuresOf(figures: { [name in keyof Figures]: number | undefined }): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}
