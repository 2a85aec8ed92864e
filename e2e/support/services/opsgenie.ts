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
    if (query.get("identifierType") !== "alias") return invalid(["identifierType", "is wrong"]);
    const alert = alerts.get(decodeURIComponent(alias));
    if (lengthOf(body.note) > 25_000) return invalid(["note", "can not be longer than 25000 characters."]);
    if (!alert || alert.status === "closed")
      return { status: 404, body: { message: "Alert does not exist", took: 0.05, requestId: "a3" } };
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

/** The member that is wrong, and what is wrong with it. */
type Problem = [member: string, words: string];

function problemOf(body: Record<string, unknown>): Problem | null {
  if (!body.message) return ["message", "can not be empty."];
  for (const [name, max] of Object.entries(LENGTHS)) {
    if (lengthOf(body[name]) > max) return [name, `can not be longer than ${max} characters.`];
  }
  const tags = Array.isArray(body.tags) ? body.tags : [];
  if (tags.length > 20 || tags.some((tag) => lengthOf(tag) > 50)) return ["tags", "are too many or too long."];
  const details = Object.entries((body.details ?? {}) as Record<string, string>).flat();
  if (lengthOf(details.join("")) > 8000) return ["details", "can not be longer than 8000 characters."];
  if (!/^P[1-5]$/.test(String(body.priority ?? "P3"))) return ["priority", "should be one of [ P1, P2, P3, P4, P5 ]"];
  const responders = (body.responders ?? []) as { type?: string; name?: string }[];
  if (responders.some(({ type }) => !["team", "user", "escalation", "schedule"].includes(type ?? "")))
    return ["responders", "has an invalid type."];
  return responders.some(({ name }) => name === "Nobody") ? ["responders", "No team exists with name [Nobody]"] : null;
}

const LENGTHS = { message: 130, alias: 512, description: 15_000, source: 100, entity: 512 };

function lengthOf(text: unknown): number {
  return typeof text === "string" ? [...text].length : 0;
}

/** The message says only that there are errors: https://docs.opsgenie.com/docs/response */
function invalid([member, words]: Problem): ServiceReply {
  const message = "Request body is not processable. Please check the errors.";
  return { status: 422, body: { message, errors: { [member]: words }, took: 0.1, requestId: "a2" } };
}

export const forForms: ServiceForForms = {
  provider: "opsgenie",
  start: startOpsgenie,
  config: (url) => ({ apiKey: OPSGENIE_KEY, region: "us", responders: ["#Backups"], apiBaseUrl: url }),
  secretField: "apiKey",
  texts: (service) => service.requests.map(({ body }) => body),
};
