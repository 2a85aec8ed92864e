import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

/** A URL of the kind that Belfry does not send itself. */
export const APPRISE_URL = "kodi://belfry:formsPasswordThatTheServerKnows@media.example.org:8080";

const WRONG_URL = APPRISE_URL.replace("formsPassword", "anotherPassword");
const WRONG_WORDS = "Failed to send Kodi notification: Unauthorized - Invalid Token., error=401.";

export interface AppriseMessage {
  title: string;
  body: string;
  type: string;
  /** Where it went: the URL, or the key of the server's own. */
  to: string;
  tag?: string;
}

export interface AppriseApiService extends Service {
  messages: AppriseMessage[];
  /** Keys that the server has URLs under, each with its tags. */
  keys: Map<string, string[]>;
  /** URLs behind which the service fails, with what the server's log says of it. */
  failures: Map<string, string>;
}

const TYPES = new Set(["info", "success", "warning", "failure"]);

/**
 * Behaves like an Apprise API server, without authentication as usual: stateless at /notify, and by key.
 * https://github.com/caronc/apprise-api/blob/master/apprise_api/api/views.py
 */
export async function startAppriseApi(): Promise<AppriseApiService> {
  const messages: AppriseMessage[] = [];
  const keys: AppriseApiService["keys"] = new Map();
  const failures: AppriseApiService["failures"] = new Map([[WRONG_URL, WRONG_WORDS]]);
  const service = await startService((request) => answer(request, messages, keys, failures));
  return Object.assign(service, { messages, keys, failures });
}

function refuse(status: number, error: string, ...lines: [level: string, text: string][]): ServiceReply {
  const details = lines.map(([level, text]) => [level, "2026-11-20 02:10:04,000", text]);
  return { status, body: { error, details } };
}

function answer(
  { method, path, json, headers }: ServiceRequest,
  messages: AppriseMessage[],
  keys: AppriseApiService["keys"],
  failures: AppriseApiService["failures"],
): ServiceReply {
  const [, key] = /^\/notify(?:\/([\w-]{1,128}))?\/?$/.exec(path) ?? [];
  if (!path.startsWith("/notify")) return { status: 404, body: "Not Found" };
  if (method !== "POST") return { status: 405 };
  if (!headers["content-type"]?.startsWith("application/json"))
    return refuse(400, "The payload has an unsupported content type");
  if (typeof json !== "object" || json === null) return refuse(400, "The JSON provided is invalid");
  if (Number(headers["x-apprise-recursion-count"] ?? 0) > 1) return refuse(406, "The recursion limit has been reached");
  const { title = "", body, type = "info", urls, tag } = json as Record<string, unknown>;
  if (typeof body !== "string" || body === "") return refuse(400, "Payload lacks minimum requirements");
  if (!TYPES.has(String(type))) return refuse(400, "An invalid notification type was specified");
  if ([...body].length > 32_768 || [...String(title)].length > 250) return refuse(400, "Bad FORM Payload provided");
  const tags = key === undefined ? [] : keys.get(key);
  if (key === undefined ? !urls : !tags) return { status: 204 };
  const isMeant =
    tag === undefined ||
    String(tag)
      .split(",")
      .some((one) => tags?.includes(one));
  if (!isMeant) return refuse(424, "One or more notification could not be sent");
  const to = key ?? String(urls);
  if (!/^[a-z]+:\/\/./i.test(to) && key === undefined) return { status: 204 };
  const failure = failures.get(to);
  if (failure) {
    return refuse(
      424,
      "One or more notification could not be sent",
      ["INFO", "Notifying 1 service(s)."],
      ["WARNING", failure],
    );
  }
  messages.push({
    title: String(title),
    body,
    type: String(type),
    to,
    ...(tag === undefined ? {} : { tag: String(tag) }),
  });
  return { status: 200, body: { error: null, details: [["INFO", "2026-11-20 02:10:04,000", "Sent."]] } };
}

export const forForms: ServiceForForms<AppriseApiService> = {
  provider: "apprise",
  start: startAppriseApi,
  config: (url) => ({ url: APPRISE_URL, apiServerUrl: url }),
  secretField: "url",
  texts: ({ messages }) => messages.map(({ title, body }) => `${title}\n${body}`),
  wrongSecret: WRONG_URL,
  refusal: "Unauthorized - Invalid Token",
};
