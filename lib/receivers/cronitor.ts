import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuseMethod, textReply } from "./kit/answers";
import { readPastedQuery } from "./kit/pasted-query";
import { stateOfWord } from "./kit/state-words";
import { storableText, summaryLine } from "./kit/texts";

const METHODS = ["GET", "HEAD", "POST", "PUT"];
/** Parameters in which a program writes what it likes. */
const TEXTS = ["message", "msg", "series", "host", "env"];

/**
 * Cronitor: the state is the last word of the path (`/run`, `/complete`, `/fail`) or `state=` in the query. An address without
 * one is a heartbeat, which is a success unless it counts errors.
 * @see https://cronitor.io/docs/telemetry-api
 */
export const cronitorReceiver = defineReceiver({ id: "cronitor", name: "Cronitor", read: readTelemetry });

function readTelemetry(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const { params, tails } = readPastedQuery(request.query, TEXTS);
  const query = new URLSearchParams(request.query);
  const message = summaryLine(storableText(query.get("message") ?? query.get("msg") ?? ""));
  const state = readState([...request.path.split("/"), ...tails], params.get("state"));
  const signal: Signal = {
    // A program's own count of errors, beside which it names no state.
    state: state ?? ((metric(query, "error_count") ?? 0) > 0 ? "warning" : "success"),
    ...(params.get("series") && { runKey: storableText(params.get("series") ?? "") }),
    ...(message !== "" && { message }),
    ...readNumbers(query),
  };
  return { signals: [signal], answer: textReply("OK") };
}

function readState(words: string[], stated: string | null): SignalState | null {
  const paths = words.filter((word) => /^(?:run|complete|ok|fail)$/i.test(word));
  const states = [...paths.map(stateOfWord), stated === null ? null : (stateOfWord(stated) ?? "unknown")];
  if (states.includes("failure")) return "failure";
  return states.findLast((state) => state !== null) ?? null;
}

/**
 * The exit code, and of the metrics `metric=duration:12.5` in seconds, as exact as a program's own numbers are. A program sends several metrics
 * in any order, each in a parameter of its own.
 */
function readNumbers(query: URLSearchParams): Pick<Signal, "durationMs" | "exitCode"> {
  const seconds = metric(query, "duration");
  const exitCode = /^\d{1,5}$/.exec(query.get("status_code") ?? "")?.[0];
  return {
    ...(seconds !== null && { durationMs: Math.round(seconds * 1_000) }),
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
  };
}

function metric(query: URLSearchParams, name: string): number | null {
  const texts = query.getAll("metric").filter((text) => text.startsWith(`${name}:`));
  const number = /^\d{1,9}(?:\.\d{1,20})?(?:e-\d{1,2})?$/.exec(texts.at(-1)?.slice(name.length + 1) ?? "")?.[0];
  return number === undefined ? null : Number(number);
}
