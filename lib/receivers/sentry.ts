import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { type Fields, fieldText, readFields } from "./kit/fields";

const METHODS = ["GET", "POST"];
const STATES: Record<string, SignalState> = {
  in_progress: "start",
  ok: "success",
  error: "failure",
  timeout: "failure",
  missed: "failure",
};

/**
 * Sentry's check-ins of cron monitors: `?status=in_progress`, `ok`, `error`; in the query, or in a JSON body.
 * @see https://docs.sentry.io/product/crons/getting-started/http/
 */
export const sentryReceiver = defineReceiver({ id: "sentry", name: "Sentry", read: readCheckIn });

function readCheckIn(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const fields: Fields = new Map([...(readFields(request) ?? []), ...new URLSearchParams(request.query)]);
  const status = fieldText(fields, "status").toLowerCase();
  const state = Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  if (!state) return refuse(textReply("The status must be in_progress, ok or error.", 400));
  const runKey = fieldText(fields, "check_in_id");
  const seconds = /^\d{1,9}(?:\.\d{1,9})?$/.exec(fieldText(fields, "duration"))?.[0];
  const signal = {
    state,
    // Zeros stand for the check-in that is under way.
    ...(/[1-9a-z]/i.test(runKey) && { runKey: runKey.toLowerCase() }),
    ...(seconds !== undefined && { durationMs: Math.round(Number(seconds) * 1_000) }),
  };
  return { signals: [signal], answer: textReply("", 202) };
}
