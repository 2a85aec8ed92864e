import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const OPSGENIE_KEY = "eb243592-faa2-4ba2-a551-1afdf565c889";

export interface OpsgenieAlert {
  status: "open" | "acknowledged" | "closed";
  count: number;
  message: string;
  priority: string;
}

export interface OpsgenieService extends Service {
  /** By alias. */
  alerts: Map<string, OpsgenieAlert>;
}

const accepted = { status: 202, body: { result: "Request will be processed", took: 0.1, requestId: "43a29c5c" } };

/** Behaves like the Alert API: keys, lengths, responders, aliases. https://docs.opsgenie.com/docs/alert-api */
export async function startOpsgenie(): Promise<OpsgenieService> {
  const alerts: OpsgenieService["alerts"] = new Map();
  const service = await startService((request) => answer(request, alerts));
  return Object.assign(service, { alerts });
}

function answer(request: ServiceRequest, alerts: OpsgenieService["alerts"]): ServiceReply {
  const { method, path, headers, json, query } = request;
  if (headers.authorization !== `GenieKey ${OPSGENIE_KEY}`) {
    return { status: 401, body: { message: "Could not authenticate", took: 0, requestId: "a1" } };
  }
  const [, alias, action] = /^\/v2\/alerts(?:\/([^/]+)\/(close|acknowledge))?$/.exec(path) ?? [];
  if (method !== "POST" || !path.startsWith("/v2/alerts")) return { status: 404, body: { message: "Not found" } };
  if (typeof json !== "object" || json === null) return { status: 400, body: { message: "Could not parse JSON" } };
  const body = json as Record<string, unknown>;
  if (alias && action) {
    if (query.get("identifierType") !== "alias") return invalid("Identifier type is wrong");
    const alert = alerts.get(decodeURIComponent(alias));
    if (lengthOf(body.note) > 25_000) return invalid("Note can not be longer than 25000 characters.");
    if (!alert || alert.status === "closed") return { status: 404, body: { message: "Alert does not exist" } };
    alert.status = action === "close" ? "closed" : "acknowledged";
    return accepted;
  }
  const problem = problemOf(body);
  if (problem) return invalid(problem);
  const key = String(body.alias);
  const known = alerts.get(key);
  const isOpen = known && known.status !== "closed";
  alerts.set(key, {
    status: isOpen ? known.status : "open",
    count: isOpen ? known.count + 1 : 1,
    message: String(body.message),
    priority: String(body.priority ?? "P3"),
  });
  return accepted;
}

function problemOf(body: Record<string, unknown>): string | null {
  if (!body.message) return "Message can not be empty.";
  if (lengthOf(body.message) > 130) return "Message can not be longer than 130 characters.";
  if (lengthOf(body.alias) > 512) return "Alias can not be longer than 512 characters.";
  if (lengthOf(body.description) > 15_000) return "Description can not be longer than 15000 characters.";
  if (lengthOf(body.source) > 100) return "Source can not be longer than 100 characters.";
  if (lengthOf(body.entity) > 512) return "Entity can not be longer than 512 characters.";
  const tags = Array.isArray(body.tags) ? body.tags : [];
  if (tags.length > 20 || tags.some((tag) => lengthOf(tag) > 50)) return "Tags are too many or too long.";
  const details = Object.entries((body.details ?? {}) as Record<string, string>).flat();
  if (lengthOf(details.join("")) > 8000) return "Details can not be longer than 8000 characters.";
  if (!/^P[1-5]$/.test(String(body.priority ?? "P3"))) return "Priority should be one of [P1, P2, P3, P4, P5].";
  const responders = (body.responders ?? []) as { type?: string; name?: string }[];
  if (responders.some(({ type }) => !["team", "user", "escalation", "schedule"].includes(type ?? "")))
    return "Responder type is invalid.";
  return responders.some(({ name }) => name === "Nobody") ? "No team exists with name [Nobody]" : null;
}

function lengthOf(text: unknown): number {
  return typeof text === "string" ? [...text].length : 0;
}

function invalid(message: string): ServiceReply {
  return { status: 422, body: { message, took: 0.1, requestId: "a2" } };
}

export const forForms: ServiceForForms = {
  provider: "opsgenie",
  start: startOpsgenie,
  config: (url) => ({ apiKey: OPSGENIE_KEY, region: "us", responders: ["#Backups"], apiBaseUrl: url }),
  secretField: "apiKey",
  texts: (service) => service.requests.map(({ body }) => body),
};
