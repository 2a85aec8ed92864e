import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const GOTIFY_TOKEN = "AForms.Token-01";
/** Where Gotify lies on its host. */
export const GOTIFY_PATH = "/push/gotify";

export interface GotifyMessage {
  id: number;
  title: string;
  message: string;
  priority: number;
  extras: Record<string, unknown>;
}

export interface GotifyService extends Service {
  messages: GotifyMessage[];
}

/** Behaves like Gotify's POST /message below a path: https://gotify.net/api-docs#/message/createMessage */
export async function startGotify(): Promise<GotifyService> {
  const messages: GotifyMessage[] = [];
  const service = await startService((request) => answer(request, messages));
  return Object.assign(service, { messages });
}

export function gotifyError(status: number, error: string, errorDescription: string): ServiceReply {
  return { status, body: { error, errorCode: status, errorDescription } };
}

function answer({ method, path, query, headers, json }: ServiceRequest, messages: GotifyMessage[]): ServiceReply {
  if (path !== `${GOTIFY_PATH}/message` || method !== "POST") return gotifyError(404, "Not Found", "page not found");
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  const token = query.get("token") ?? headers["x-gotify-key"] ?? bearer;
  if (token?.startsWith("C")) return gotifyError(403, "Forbidden", "you are not allowed to access this api");
  if (token !== GOTIFY_TOKEN)
    return gotifyError(
      401,
      "Unauthorized",
      "you need to provide a valid access token or user credentials to access this api",
    );
  const { title, message, priority, extras } = (json ?? {}) as Record<string, unknown>;
  if (typeof message !== "string" || message === "")
    return gotifyError(400, "Bad Request", "Field 'message' is required");
  // The text column of MySQL.
  if (Buffer.byteLength(message) > 65_535)
    return gotifyError(500, "Internal Server Error", "Error 1406: Data too long for column 'message' at row 1");
  if (priority !== undefined && !Number.isInteger(priority))
    return gotifyError(400, "Bad Request", "json: cannot unmarshal string into Go struct field .priority of type int");
  const stored = {
    id: messages.length + 1,
    title: typeof title === "string" && title.trim() ? title : "Belfry",
    message,
    priority: typeof priority === "number" ? priority : 0,
    extras: (extras ?? {}) as Record<string, unknown>,
  };
  messages.push(stored);
  return { status: 200, body: { appid: 5, date: "2026-11-20T02:10:04Z", ...stored } };
}

export const forForms: ServiceForForms<GotifyService> = {
  provider: "gotify",
  start: startGotify,
  config: (url) => ({ serverUrl: url + GOTIFY_PATH, appToken: GOTIFY_TOKEN, priority: 7 }),
  secretField: "appToken",
  texts: ({ messages }) => messages.map(({ title, message }) => `${title}\n${message}`),
  refusal: "valid access token",
};
