import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const LINE_TOKEN = "lineChannelTokenOfTheTests0123456789/abcdefghijklmnop=";
export const LINE_USER = "U4af4980629f1b2a3c4d5e6f708192a3b";
/** An id that is well formed, of somebody who did not add the account. */
export const LINE_STRANGER = "U00000000000000000000000000000000";

export interface LineService extends Service {
  messages: { to: string; text: string }[];
}

/** Behaves like `POST /v2/bot/message/push`. https://developers.line.biz/en/reference/messaging-api/#send-push-message */
export async function startLine(): Promise<LineService> {
  const messages: LineService["messages"] = [];
  const accepted = new Map<string, string>();
  const service = await startService((request) => {
    const { headers, ...reply } = answer(request, messages, accepted);
    return { ...reply, headers: { "x-line-request-id": `req-${request.at}`, ...headers } };
  });
  return Object.assign(service, { messages });
}

function answer(
  { method, path, headers, json }: ServiceRequest,
  messages: LineService["messages"],
  accepted: Map<string, string>,
): ServiceReply {
  if (headers.authorization !== `Bearer ${LINE_TOKEN}`)
    return refused(
      401,
      "Authentication failed due to the following reason: invalid token. Confirm that the access token in the authorization header is valid.",
    );
  if (method !== "POST" || path !== "/v2/bot/message/push") return refused(404, "Not found");
  const key = headers["x-line-retry-key"] ?? "";
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key)) return refused(400, "Invalid retry key");
  const earlier = accepted.get(key);
  if (earlier)
    return {
      status: 409,
      headers: { "x-line-request-id": `req-${messages.length}-again`, "x-line-accepted-request-id": earlier },
      body: { message: "The retry key is already accepted" },
    };
  const { to, messages: wanted } = (json ?? {}) as { to?: unknown; messages?: { type?: unknown; text?: unknown }[] };
  if (typeof to !== "string" || !/^[UCR][0-9a-f]{32}$/.test(to))
    return refused(400, "The property, 'to', in the request body is invalid (line: -, column: -)");
  const text = wanted?.[0]?.text;
  if (
    wanted?.length !== 1 ||
    wanted[0]?.type !== "text" ||
    typeof text !== "string" ||
    text === "" ||
    text.length > 5000
  )
    return {
      status: 400,
      body: {
        message: "The request body has 1 error(s)",
        details: [{ message: "Length must be between 1 and 5000", property: "messages[0].text" }],
      },
    };
  if (to === LINE_STRANGER) return refused(400, "Failed to send messages");
  messages.push({ to, text });
  const requestId = `req-${messages.length}`;
  accepted.set(key, requestId);
  return {
    status: 200,
    headers: { "x-line-request-id": requestId },
    body: { sentMessages: [{ id: String(461_230_966_842_064_000 + messages.length), quoteToken: "q" }] },
  };
}

function refused(status: number, message: string): ServiceReply {
  return { status, body: { message } };
}

export const forForms: ServiceForForms<LineService> = {
  provider: "line",
  start: startLine,
  config: (url) => ({ accessToken: LINE_TOKEN, to: LINE_USER, apiBaseUrl: url }),
  secretField: "accessToken",
  texts: ({ messages }) => messages.map(({ text }) => text),
};
