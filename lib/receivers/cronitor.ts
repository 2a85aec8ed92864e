import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuseMethod, textReply } from "./kit/answers";
import { readPastedQuery } from "./kit/pasted-query";
import { stateOfWord } from "./kit/state-words";
import { storableText, summaryLine } from "./kit/texts";

const METHODS = ["GET", "HEAD", "POST", "PUT"];

/**
 * Cronitor: the state is the last word of the path (`/run`, `/complete`, `/fail`) or `state=` in the query. An address without
 * one is a heartbeat, which is a success.
 * @see https://cronitor.io/docs/telemetry-api
 */
export const cronitorReceiver = defineReceiver({ id: "cronitor", name: "Cronitor", read: readTelemetry });

function readTelemetry(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const { params, tails } = readPastedQuery(request.query);
  const query = new URLSearchParams(request.query);
  const message = summaryLine(storableText(query.get("message") ?? query.get("msg") ?? ""));
  const signal: Signal = {
    state: readState([...request.path.split("/"), ...tails], params.get("state")),
    ...(params.get("series") && { runKey: storableText(params.get("series") ?? "") }),
    ...(message !== "" && { message }),
    ...readNumbers(params),
  };
  return { signals: [signal], answer: textReply("OK") };
}

function readState(words: string[], stated: string | null): SignalState {
  const paths = words.filter((word) => /^(?:run|complete|ok|fail)$/i.test(word));
  const states = [...paths.map(stateOfWord), stated === null ? null : (stateOfWord(stated) ?? "unknown")];
  if (states.includes("failure")) return "failure";
  return states.findLast((state) => state !== null) ?? "success";
}

/** `metric=duration:12.5` in seconds, and the exit code. */
function readNumbers(params: URLSearchParams): Pick<Signal, "durationMs" | "exitCode"> {
  const seconds = /^duration:(\d{1,9}(?:\.\d{1,9})?)$/.exec(params.get("metric") ?? "")?.[1];
  const exitCode = /^\d{1,5}$/.exec(params.get("status_code") ?? "")?.[0];
  return {
    ...(seconds !== undefined && { durationMs: Math.round(Number(seconds) * 1_000) }),
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
  };
}
