import { createHash } from "node:crypto";
import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { jsonReply, refuse, refuseMethod } from "./kit/answers";
import { type Fields, fieldText, membersOf, readFields } from "./kit/fields";
import { reasonIn, summaryLine } from "./kit/texts";

const METHODS = ["POST"];
/** `info` says only that something happened. */
const SEVERITIES: Record<string, SignalState> = {
  critical: "failure",
  error: "failure",
  warning: "warning",
  info: "unknown",
};

/** PagerDuty's Events API v2. @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export const pagerdutyReceiver = defineReceiver({ id: "pagerduty", name: "PagerDuty", read: readEvent });

function readEvent(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const event: Fields = readFields(request) ?? new Map();
  const action = fieldText(event, "event_action");
  if (!["trigger", "acknowledge", "resolve"].includes(action)) {
    const errors = ["'event_action' must be one of trigger, acknowledge, resolve"];
    return refuse(jsonReply({ status: "invalid event", message: "Event object is invalid", errors }, 400));
  }
  const hash = createHash("sha256").update(request.body).digest("hex");
  const dedupKey = fieldText(event, "dedup_key") || hash.slice(0, 32);
  return {
    signals: signalsOf(action, event),
    answer: jsonReply({ status: "success", message: "Event processed", dedup_key: dedupKey }, 202),
  };
}

function signalsOf(action: string, event: Fields): Signal[] {
  if (action === "acknowledge") return [];
  const payload = membersOf(event.get("payload"));
  const summary = fieldText(payload, "summary");
  const log = detailsText(payload.get("custom_details"));
  if (action === "resolve") return [{ state: "success", ...(summary !== "" && { message: summaryLine(summary) }) }];
  const severity = (fieldText(payload, "severity") || fieldText(event, "severity")).toLowerCase();
  const message = summaryLine(summary || reasonIn(log));
  return [
    {
      state: (Object.hasOwn(SEVERITIES, severity) ? SEVERITIES[severity] : undefined) ?? "failure",
      ...(message !== "" && { message }),
      ...(log !== "" && { log }),
    },
  ];
}

/** borgmatic's logs; of others each detail with its name. */
function detailsText(details: unknown): string {
  const members = membersOf(details);
  if (members.has("logs")) return fieldText(members, "logs");
  return [...members.keys()]
    .map((name) => [name, fieldText(members, name)])
    .flatMap(([name, text]) => (text === "" ? [] : [`${name}: ${text}`]))
    .join("\n");
}
