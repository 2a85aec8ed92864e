import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { jsonReply, refuse, refuseMethod } from "./kit/answers";
import { type Fields, fieldText, itemsOf, jsonValue, membersOf, momentOf } from "./kit/fields";
import { bodyText, summaryLine } from "./kit/texts";

const METHODS = ["POST"];
const SEVERITIES: Record<string, SignalState> = { warning: "warning", info: "unknown", none: "unknown" };
/** From harmless to bad: one signal speaks for all alerts of a request. */
const ORDER: SignalState[] = ["success", "unknown", "warning", "failure"];

interface ReadAlert {
  state: SignalState;
  text: string;
}

/**
 * Alertmanager's webhook (Grafana's is alike), and the alerts that Prometheus itself sends to an Alertmanager. What fires is a failure
 * unless its label `severity` says `warning`, `info` or `none`; what is resolved, a success.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const alertmanagerReceiver = defineReceiver({
  id: "alertmanager",
  name: "Alertmanager",
  read: readNotification,
});

function readNotification(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const body = jsonValue(bodyText(request.body));
  const group = Array.isArray(body) ? new Map<string, unknown>() : membersOf(body);
  const listed = Array.isArray(body) ? body : itemsOf(group.get("alerts"));
  const alerts = listed.map((alert) => readAlert(membersOf(alert), request.receivedAt));
  const stated = fieldText(group, "status");
  if (alerts.length === 0 && (stated === "firing" || stated === "resolved")) {
    alerts.push(readAlert(new Map([...group, ["labels", group.get("commonLabels")]]), request.receivedAt));
  }
  if (alerts.length === 0) return refuse(jsonReply({ error: "The body holds no alerts." }, 400));
  const states = alerts.map(({ state }) => state);
  const state = ORDER.findLast((one) => states.includes(one)) ?? "unknown";
  const worst = alerts.find((alert) => alert.state === state);
  const common = membersOf(group.get("commonAnnotations"));
  const message = summaryLine(fieldText(common, "summary", "description") || worst?.text || fieldText(group, "title"));
  const log = alerts
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join("\n");
  const signal = { state, ...(message !== "" && { message }), ...(log !== "" && log !== message && { log }) };
  return { signals: [signal], answer: jsonReply({ status: "success" }) };
}

/** Prometheus states no status: an alert without an end, or with one to come, fires. */
function readAlert(alert: Fields, receivedAt: number): ReadAlert {
  const [labels, annotations] = [membersOf(alert.get("labels")), membersOf(alert.get("annotations"))];
  const endsAt = momentOf(alert.get("endsAt"));
  const status = fieldText(alert, "status") || (endsAt !== undefined && endsAt <= receivedAt ? "resolved" : "firing");
  const name = [fieldText(labels, "alertname"), fieldText(labels, "instance")].filter(Boolean).join(" ");
  const text = [name, fieldText(annotations, "summary", "description", "message")].filter(Boolean).join(": ");
  const severity = fieldText(labels, "severity").toLowerCase();
  const firing = Object.hasOwn(SEVERITIES, severity) ? SEVERITIES[severity] : undefined;
  return { state: status === "resolved" ? "success" : (firing ?? "failure"), text };
}
