import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const PAGERDUTY_KEY = "e93facc04764012d7bfb002500d5d1a6";

/** One incident as its dedup key made it. */
export interface Incident {
  state: "triggered" | "acknowledged" | "resolved";
  /** How often it was triggered; doubles of one open incident count up here. */
  triggers: number;
  summary: string;
}

export interface PagerDutyService extends Service {
  incidents: Map<string, Incident>;
  changes: { summary: string }[];
}

/**
 * Behaves like the Events API v2: keys, required members, lengths and sizes as documented; events of unknown incidents
 * are accepted and ignored. https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export async function startPagerDuty(): Promise<PagerDutyService> {
  const incidents: PagerDutyService["incidents"] = new Map();
  const changes: PagerDutyService["changes"] = [];
  const service = await startService((request) => answer(request, incidents, changes));
  return Object.assign(service, { incidents, changes });
}

function answer(
  { method, path, body, json }: ServiceRequest,
  incidents: PagerDutyService["incidents"],
  changes: PagerDutyService["changes"],
): ServiceReply {
  if (path !== "/v2/enqueue" && path !== "/v2/change/enqueue") return { status: 404, body: "Not Found" };
  if (method !== "POST") return { status: 405, body: "Method Not Allowed" };
  if (Buffer.byteLength(body) > 512 * 1024) return { status: 413, body: "Request Entity Too Large" };
  if (typeof json !== "object" || json === null) return invalid("Event object is invalid", ["JSON is malformed"]);
  const event = json as Record<string, unknown>;
  if (event.routing_key !== PAGERDUTY_KEY) {
    const isLong = typeof event.routing_key === "string" && event.routing_key.length === 32;
    const words = isLong ? "Invalid routing key" : "Length of 'routing_key' is incorrect (should be 32 characters)";
    return invalid("Event object is invalid", [words]);
  }
  const payload = event.payload as Record<string, unknown> | undefined;
  const isChange = path === "/v2/change/enqueue";
  const errors: string[] = [];
  if (isChange || event.event_action === "trigger") {
    if (typeof payload?.summary !== "string" || payload.summary === "")
      errors.push("'payload.summary' is missing or blank");
    else if ([...payload.summary].length > 1024)
      errors.push("'payload.summary' is too long (maximum is 1024 characters)");
  }
  if (!isChange) {
    if (!["trigger", "acknowledge", "resolve"].includes(String(event.event_action)))
      errors.push("'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')");
    if (event.event_action === "trigger") {
      if (!payload?.source) errors.push("'payload.source' is missing or blank");
      if (!["critical", "error", "warning", "info"].includes(String(payload?.severity)))
        errors.push(
          "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
        );
    } else if (!event.dedup_key) errors.push("'dedup_key' is missing or blank");
    if (String(event.dedup_key ?? "").length > 255) errors.push("'dedup_key' is too long (maximum is 255 characters)");
  }
  if (errors.length > 0) return invalid("Event object is invalid", errors);
  if (isChange) {
    changes.push({ summary: String(payload?.summary) });
    return { status: 202, body: { status: "success", message: "Change event processed" } };
  }
  const key = String(event.dedup_key);
  const open = incidents.get(key);
  if (event.event_action === "trigger") {
    const isOpen = open && open.state !== "resolved";
    incidents.set(key, {
      state: isOpen ? open.state : "triggered",
      triggers: isOpen ? open.triggers + 1 : 1,
      summary: String(payload?.summary),
    });
  } else if (open) open.state = event.event_action === "resolve" ? "resolved" : "acknowledged";
  return { status: 202, body: { status: "success", message: "Event processed", dedup_key: key } };
}

function invalid(message: string, errors: string[]): ServiceReply {
  return { status: 400, body: { status: "invalid event", message, errors } };
}

export const forForms: ServiceForForms = {
  provider: "pagerduty",
  start: startPagerDuty,
  config: (url) => ({ integrationKey: PAGERDUTY_KEY, region: "us", apiBaseUrl: url }),
  secretField: "integrationKey",
  texts: (service) => service.requests.map(({ body }) => body),
};
