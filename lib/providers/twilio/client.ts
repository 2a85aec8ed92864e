import { trimEndSigns } from "@/lib/core/trim-signs";
import type { ProviderIo } from "../contract";
import type { HttpAnswer } from "../kit/http";

export const TWILIO_API = "https://api.twilio.com";

/** Sender, recipient and text. */
export interface TwilioMessage {
  to: string;
  body: string;
  from?: string;
  messagingServiceSid?: string;
}

interface Account {
  accountSid: string;
  authToken: string;
  apiBaseUrl?: string;
}

/**
 * Creates one message with Twilio's own package, which is loaded when the first one is sent. Its requests go through
 * `io.http`, so that timeouts and the address guard apply to it too.
 * https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
 * @returns the answer as it came, or why there was none; it never throws
 */
export async function createTwilioMessage(
  message: TwilioMessage,
  account: Account,
  io: ProviderIo,
): Promise<HttpAnswer> {
  const { default: twilio } = await import("twilio");
  const base = trimEndSigns(account.apiBaseUrl || TWILIO_API, "/");
  let answer: HttpAnswer = { kind: "failed", reason: "No request was sent to Twilio.", isRefused: false };

  class GuardedClient extends twilio.RequestClient {
    override async request<T>(asked: Parameters<InstanceType<typeof twilio.RequestClient>["request"]>[0]) {
      const { pathname, search } = new URL(asked.uri);
      answer = await io.http.request({
        url: `${base}${pathname}${search}`,
        method: asked.method.toUpperCase(),
        headers: { ...headersOf(asked.headers), authorization: basic(asked.username ?? "", asked.password ?? "") },
        body: formOf(asked.data),
      });
      if (answer.kind === "failed") throw new Error(answer.reason);
      const body: T = bodyOf(answer.body);
      return { statusCode: answer.status, body, headers: answer.headers, toString: () => "" };
    }
  }

  try {
    const client = twilio(account.accountSid, account.authToken, { httpClient: new GuardedClient() });
    await client.messages.create(message);
  } catch (error) {
    // With an answer the error adds nothing; without one Twilio's package sent no request.
    if (answer.kind === "failed" && answer.reason === "No request was sent to Twilio.") {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: "failed", reason: `Twilio's client refused the message: ${reason}`, isRefused: true };
    }
  }
  return answer;
}

function headersOf(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function formOf(data: unknown): string {
  if (typeof data !== "object" || data === null) return "";
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(data)) {
    if (value !== undefined && value !== null) form.append(name, String(value));
  }
  return form.toString();
}

function bodyOf(body: string) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
