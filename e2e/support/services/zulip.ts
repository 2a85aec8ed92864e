import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const ZULIP_EMAIL = "belfry-bot@example.zulipchat.com";
export const ZULIP_KEY = "zulipKeyOfTheTests0123456789abcd";
export const ZULIP_STREAM = "backups";

export interface ZulipService extends Service {
  messages: { topic: string; content: string }[];
}

/** Behaves like `POST /api/v1/messages`. https://zulip.com/api/send-message, https://zulip.com/api/rest-error-handling */
export async function startZulip(): Promise<ZulipService> {
  const messages: ZulipService["messages"] = [];
  const service = await startService((request) => answer(request, messages));
  return Object.assign(service, { messages });
}

function answer({ method, path, headers, form }: ServiceRequest, messages: ZulipService["messages"]): ServiceReply {
  const expected = `Basic ${Buffer.from(`${ZULIP_EMAIL}:${ZULIP_KEY}`).toString("base64")}`;
  if (path !== "/api/v1/messages")
    return { status: 404, body: { result: "error", msg: "Page not found", code: "BAD_REQUEST" } };
  if (headers.authorization !== expected) return refused(401, "Invalid API key", "INVALID_API_KEY");
  if (method !== "POST") return refused(405, "Method Not Allowed", "METHOD_NOT_ALLOWED");
  const [type, to] = [form.get("type"), form.get("to")];
  const [topic, content] = [form.get("topic") ?? "", form.get("content") ?? ""];
  if (type !== "stream" && type !== "channel") return refused(400, "Invalid type", "BAD_REQUEST");
  if (to !== ZULIP_STREAM)
    return {
      status: 400,
      body: { result: "error", msg: `Channel '${to}' does not exist`, code: "STREAM_DOES_NOT_EXIST", stream: to },
    };
  if (!content.trim()) return refused(400, "Message must not be empty", "BAD_REQUEST");
  if (content.includes("\0")) return refused(400, "Message must not contain null bytes", "BAD_REQUEST");
  // The server cuts both of these; here it is recorded, so that a test sees it.
  if ([...topic].length > 60) return refused(400, "Topic too long", "BAD_REQUEST");
  if ([...content].length > 10_000) return refused(400, "Message too long", "BAD_REQUEST");
  messages.push({ topic, content });
  return {
    status: 200,
    body: { result: "success", msg: "", id: 41 + messages.length, automatic_new_visibility_policy: 2 },
  };
}

function refused(status: number, msg: string, code: string): ServiceReply {
  return { status, body: { result: "error", msg, code } };
}

export const forForms: ServiceForForms<ZulipService> = {
  provider: "zulip",
  start: startZulip,
  config: (url) => ({
    serverUrl: url,
    botEmail: ZULIP_EMAIL,
    apiKey: ZULIP_KEY,
    stream: ZULIP_STREAM,
    topic: "Night shift",
  }),
  secretField: "apiKey",
  texts: ({ messages }) => messages.map(({ content }) => content),
};
