import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { jsonReply, refuseMethod } from "./kit/answers";
import { lastQuery } from "./kit/pasted-query";
import { stateOfWord } from "./kit/state-words";
import { storableText, summaryLine } from "./kit/texts";

const METHODS = ["GET", "HEAD", "POST", "PUT"];

/**
 * Uptime Kuma's push monitor: `?status=up&msg=OK&ping=`. Anything but `up` is down, as there; borgmatic's `up` with the message
 * `start` is a start.
 */
export const kumaReceiver = defineReceiver({ id: "kuma", name: "Uptime Kuma", read: readPush });

function readPush(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const params = new URLSearchParams(lastQuery(request.query, "status"));
  const words = params.getAll("msg").map(storableText);
  const word = words.at(-1) ?? "";
  const milliseconds = /^\d{1,12}(?:\.\d{1,9})?$/.exec(params.get("ping")?.trim() ?? "")?.[0];
  const message = summaryLine(word);
  const signal = {
    state: readState(params.getAll("status"), words),
    ...(message !== "" && !/^(?:start|finish|fail|ok)$/i.test(message) && { message }),
    ...(milliseconds !== undefined && { durationMs: Math.round(Number(milliseconds)) }),
  };
  return { signals: [signal], answer: jsonReply({ ok: true }) };
}

function readState(statuses: string[], words: string[]): SignalState {
  if (!statuses.every((status) => status.trim().toLowerCase() === "up")) return "failure";
  const states = words.map(stateOfWord);
  if (states.includes("failure")) return "failure";
  return states.at(-1) === "start" ? "start" : "success";
}
