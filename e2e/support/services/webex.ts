import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const WEBEX_TOKEN = "Y2lzY29zcGFyazovL3VzL1dFQkhPT0svdGVzdHM";

export interface WebexService extends Service {
  messages: string[];
  hookUrl: string;
}

/** Behaves like an incoming webhook: https://apphub.webex.com/applications/incoming-webhooks-cisco-systems-38054-23307-75252 */
export async function startWebex(): Promise<WebexService> {
  const messages: string[] = [];
  const service = await startService((request) => answer(request, messages));
  return Object.assign(service, { messages, hookUrl: `${service.url}/v1/webhooks/incoming/${WEBEX_TOKEN}` });
}

function answer({ method, path, json }: ServiceRequest, messages: string[]): ServiceReply {
  if (path !== `/v1/webhooks/incoming/${WEBEX_TOKEN}`)
    return refused(404, "The requested resource could not be found.");
  if (method !== "POST") return refused(405, "Method Not Allowed");
  const { markdown, text } = (json ?? {}) as { markdown?: unknown; text?: unknown };
  const words = markdown ?? text;
  if (typeof words !== "string" || words === "") return refused(400, "Text or markdown is required.");
  if (Buffer.byteLength(words) > 7439)
    return refused(400, "Message length limited to 7439 before encryption and 10000 after encryption");
  messages.push(words);
  return { status: 204 };
}

function refused(status: number, message: string): ServiceReply {
  return { status, body: { message, errors: [{ description: message }], trackingId: "ROUTER_5F0C1C1E-6F2B" } };
}

export const forForms: ServiceForForms<WebexService> = {
  provider: "webex",
  start: startWebex,
  config: (url) => ({ webhookUrl: `${url}/v1/webhooks/incoming/${WEBEX_TOKEN}` }),
  secretField: "webhookUrl",
  texts: ({ messages }) => messages,
};
