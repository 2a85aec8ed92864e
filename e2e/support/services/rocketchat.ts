import { isObject } from "@/lib/providers/kit/json-body";
import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

const HOOK = "/hooks/hookForTests17sig/tokenOfAnIntegrationForTests0123456789abcdefghi";
export const ROCKETCHAT_USER = { user: "belfry", password: "password-of-belfry-0123" };
const MESSAGE_MAX = 5_000;
const CALLS_MAX = 10;

export interface RocketMessage {
  channel: string;
  text: string;
  by: "hook" | "user";
  attachments: {
    color: string;
    author_name: string;
    title?: string;
    title_link?: string;
    text?: string;
    fields?: { title: string; value: string; short: boolean }[];
  }[];
}

export interface RocketChatServer extends Service {
  webhookUrl: string;
  messages: RocketMessage[];
  /** Tokens that are signed in. */
  tokens: Set<string>;
  /** 10 calls a minute of each address; off at the start. */
  limitRate(isOn: boolean): void;
  /** What the integration's administrator chose. */
  setIntegration(state: "open" | "disabled" | "ownChannelOnly"): void;
  /** What posting answers from now on. */
  breakPosting(error: string | null, status?: number): void;
  requireSecondFactor(isRequired: boolean): void;
}

/** One incoming integration, one user, the rooms #general and #backups. */
export async function startRocketChatServer(): Promise<RocketChatServer> {
  const messages: RocketMessage[] = [];
  const tokens = new Set<string>();
  const calls = new Map<string, number>();
  let isLimited = false;
  let integration: "open" | "disabled" | "ownChannelOnly" = "open";
  let fault: { status: number; error: string } | null = null;
  let isTwoFactor = false;
  let count = 0;

  const no = (status: number, error: string, more: Record<string, unknown> = {}): ServiceReply => ({
    status,
    body: { success: false, error, ...more },
  });

  const server = await startService((request) => {
    const { method, path } = request;
    if (method !== "POST") return no(405, "Method not allowed");
    const used = (calls.get(path) ?? 0) + 1;
    calls.set(path, used);
    if (isLimited && used > CALLS_MAX) {
      const words =
        "Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again.";
      const reset = String(request.at + 42_000);
      return {
        ...no(429, `${words} [error-too-many-requests]`),
        headers: { "x-ratelimit-limit": "10", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
      };
    }
    if (path.startsWith("/hooks/")) return hook(request);
    if (path === "/api/v1/login") return login(request);
    const token = request.headers["x-auth-token"] ?? "";
    if (!tokens.has(token) || request.headers["x-user-id"] !== "uBelfry") {
      return { status: 401, body: { status: "error", message: "You must be logged in to do this." } };
    }
    if (path === "/api/v1/logout") {
      tokens.delete(token);
      return { status: 200, body: { status: "success", data: { message: "You've been logged out!" } } };
    }
    return path === "/api/v1/chat.postMessage" ? post(request.json, "user") : no(404, "Not found");
  });

  function hook({ path, json }: ServiceRequest): ServiceReply {
    if (path !== HOOK) return no(404, "Invalid integration id or token provided.");
    if (integration === "disabled") return no(503, "Service Unavailable");
    if (isObject(json) && json.channel && integration === "ownChannelOnly") {
      return no(400, "overriding destination channel is disabled for this integration");
    }
    const answer = post(isObject(json) ? { channel: "#general", ...json } : json, "hook");
    return answer.status === 200 ? { status: 200, body: { success: true } } : answer;
  }

  function login({ json }: ServiceRequest): ServiceReply {
    const isRight = isObject(json) && json.user === ROCKETCHAT_USER.user && json.password === ROCKETCHAT_USER.password;
    if (!isRight) return { status: 401, body: { status: "error", error: "Unauthorized", message: "Unauthorized" } };
    if (isTwoFactor) {
      return { status: 401, body: { status: "error", error: "totp-required", message: "TOTP Required" } };
    }
    const authToken = `tokenOfASession-${++count}`;
    tokens.add(authToken);
    return { status: 200, body: { status: "success", data: { userId: "uBelfry", authToken } } };
  }

  function post(json: unknown, by: "hook" | "user"): ServiceReply {
    if (fault) return no(fault.status, fault.error);
    if (!isObject(json) || typeof json.text !== "string" || !Array.isArray(json.attachments))
      return no(400, "unknown-error");
    if (json.channel !== "#general" && json.channel !== "#backups") return no(400, "invalid-channel");
    const texts = [json.text, ...json.attachments.map((one) => (isObject(one) ? one.text : undefined))];
    if (texts.some((text) => typeof text === "string" && text.length > MESSAGE_MAX)) {
      return no(400, "error-message-size-exceeded");
    }
    messages.push({ ...(json as unknown as RocketMessage), by });
    return {
      status: 200,
      body: { ts: 1795140604000, channel: "backups", message: { _id: `m${messages.length}` }, success: true },
    };
  }

  return Object.assign(server, {
    webhookUrl: `${server.url}${HOOK}`,
    messages,
    tokens,
    limitRate(isOn: boolean) {
      isLimited = isOn;
      calls.clear();
    },
    setIntegration(state: "open" | "disabled" | "ownChannelOnly") {
      integration = state;
    },
    breakPosting(error: string | null, status = 400) {
      fault = error === null ? null : { status, error };
    },
    requireSecondFactor(isRequired: boolean) {
      isTwoFactor = isRequired;
    },
  });
}

export const forForms: ServiceForForms<RocketChatServer> = {
  provider: "rocketchat",
  start: startRocketChatServer,
  config: (url) => ({ webhookUrl: `${url}${HOOK}`, channel: "#backups" }),
  secretField: "webhookUrl",
  texts: ({ messages }) => messages.map(({ text }) => text),
  refusal: "Invalid integration id or token provided.",
};
