import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, MAX_SIGNALS, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { jsonReply, refuse, refuseMethod, textReply } from "./kit/answers";
import { type Fields, fieldText, jsonFields, readFields } from "./kit/fields";
import { readEnvelope } from "./kit/sentry-envelope";
import { bodyText } from "./kit/texts";

const METHODS = ["GET", "POST"];
const STATES: Record<string, SignalState> = {
  in_progress: "start",
  ok: "success",
  error: "failure",
  timeout: "failure",
  missed: "failure",
};

/**
 * Sentry's check-ins of cron monitors: `?status=in_progress`, `ok`, `error` in the query or in a JSON body, and those that its SDKs
 * put into envelopes. Whatever else an SDK reports, such as errors and sessions, is taken and says nothing about a run.
 * @see https://docs.sentry.io/product/crons/getting-started/http/
 * @see https://develop.sentry.dev/sdk/telemetry/check-ins/
 */
export const sentryReceiver = defineReceiver({ id: "sentry", name: "Sentry", read: readSentry });

function readSentry(request: ReceivedRequest): Reading {
  const isEnvelope = request.path === "envelope" || /^api\/\d+\/envelope$/.test(request.path);
  return isEnvelope ? readCheckIns(request) : readCheckIn(request);
}

function readCheckIn(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const fields: Fields = new Map([...(readFields(request) ?? []), ...new URLSearchParams(request.query)]);
  const signal = signalOf(fields);
  if (!signal) return refuse(textReply("The status must be in_progress, ok or error.", 400));
  return { signals: [signal], answer: textReply("", 202) };
}

/** SDKs drop what is refused without trying again: only what is no envelope at all is. */
function readCheckIns(request: ReceivedRequest): Reading {
  if (request.method !== "POST") return refuseMethod(["POST"]);
  const envelope = readEnvelope(request.body);
  if (!envelope)
    return refuse(jsonReply({ detail: "invalid envelope", causes: ["The header is no JSON object."] }, 400));
  const signals = envelope.items.flatMap(({ type, payload }) => {
    const fields = type === "check_in" ? jsonFields(bodyText(payload)) : null;
    return (fields && signalOf(fields)) ?? [];
  });
  if (signals.length > MAX_SIGNALS)
    return refuse(jsonReply({ detail: `The envelope holds more than ${MAX_SIGNALS} check-ins.` }, 413));
  const id = fieldText(envelope.header, "event_id");
  return { signals, answer: jsonReply(id === "" ? {} : { id }) };
}

function signalOf(fields: Fields): Signal | null {
  const status = fieldText(fields, "status").toLowerCase();
  const state = Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  if (!state) return null;
  const runKey = fieldText(fields, "check_in_id");
  const seconds = Number(/^\d{1,9}(?:\.\d{1,20})?(?:e-\d{1,2})?$/.exec(fieldText(fields, "duration"))?.[0]);
  return {
    state,
    // Zeros stand for the check-in that is under way.
    ...(/[1-9a-z]/i.test(runKey) && { runKey: runKey.toLowerCase() }),
    ...(Number.isFinite(seconds) && { durationMs: Math.round(seconds * 1_000) }),
  };
}
