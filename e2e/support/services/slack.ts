import { isObject } from "@/lib/providers/kit/json-body";
import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";
import { slackProblemIn } from "./slack-blocks";

export const SLACK_TOKEN = "xoxb-000000000000-exampleTokenOfABot";
const HOOK = "/services/T00000001/B00000001/tokenOfAWebhookForTests1";
const CHANNEL = "C0BACKUPS";

export interface SlackMessage {
  channel: string;
  ts: string;
  thread_ts?: string;
  reply_broadcast?: boolean;
  text: string;
  username?: string;
  icon_emoji?: string;
  blocks: Record<string, unknown>[];
  attachments: { color?: string; blocks: Record<string, unknown>[] }[];
}

export interface SlackServer extends Service {
  webhookUrl: string;
  /** As `apiBaseUrl` wants it. */
  apiUrl: string;
  messages: SlackMessage[];
  /** Refuses more than one message a second for each channel; off at the start. */
  limitRate(isOn: boolean, perMs?: number): void;
  /** What the webhook answers from now on, as after somebody removed it. */
  breakWebhook(error: keyof typeof WEBHOOK_ERRORS | null): void;
  /** What the API answers from now on, with status 200. */
  breakApi(error: string | null, more?: Record<string, unknown>): void;
  deleteMessage(ts: string): void;
}

/** https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks and the errors that came since */
export const WEBHOOK_ERRORS = {
  invalid_payload: 400,
  user_not_found: 400,
  invalid_token: 403,
  action_prohibited: 403,
  channel_not_found: 404,
  no_service: 404,
  no_team: 404,
  no_active_hooks: 404,
  channel_is_archived: 410,
  rollup_error: 500,
} as const;

/** Slack's webhooks and `chat.postMessage`: one webhook, one bot, one channel. */
export async function startSlackServer(): Promise<SlackServer> {
  const messages: SlackMessage[] = [];
  let isLimited = false;
  let windowMs = 1_000;
  let lastAt = 0;
  let count = 0;
  let webhookError: keyof typeof WEBHOOK_ERRORS | null = null;
  let apiError: Record<string, unknown> | null = null;

  const server = await startService((request) => {
    if (request.method !== "POST") return { status: 405 };
    return request.path === "/api/chat.postMessage" ? postMessage(request) : webhook(request);
  });

  function webhook({ path, json }: ServiceRequest): ServiceReply {
    if (webhookError) return { status: WEBHOOK_ERRORS[webhookError], body: webhookError };
    if (!path.startsWith("/services/")) return { status: 404, body: "no_service" };
    if (path !== HOOK) return { status: 403, body: "invalid_token" };
    const problem = slackProblemIn(json);
    if (problem) return { status: 400, body: problem };
    if (isTooSoon()) return { status: 429, headers: { "retry-after": "1" }, body: "rate_limited" };
    keep(json, CHANNEL);
    return { status: 200, body: "ok" };
  }

  function postMessage({ headers, json }: ServiceRequest): ServiceReply {
    const no = (error: string, more = {}) => ({ status: 200, body: { ok: false, error, ...more } });
    if (apiError) return { status: 200, body: { ok: false, ...apiError } };
    if (!headers.authorization) return no("not_authed");
    if (headers.authorization !== `Bearer ${SLACK_TOKEN}`) return no("invalid_auth");
    if (!isObject(json)) return no("invalid_json");
    if (json.channel !== CHANNEL && json.channel !== "#backups") return no("channel_not_found");
    const problem = slackProblemIn(json);
    if (problem) return no(problem, { response_metadata: { messages: [] } });
    if (json.thread_ts && !messages.some(({ ts }) => ts === json.thread_ts)) return no("thread_not_found");
    if (isTooSoon()) return { ...no("ratelimited"), status: 429, headers: { "retry-after": "1" } };
    const ts = keep(json, CHANNEL);
    return { status: 200, body: { ok: true, channel: CHANNEL, ts, message: { type: "message", ts } } };
  }

  function isTooSoon(): boolean {
    const now = Date.now();
    if (isLimited && now - lastAt < windowMs) return true;
    lastAt = now;
    return false;
  }
  function keep(json: unknown, channel: string): string {
    count += 1;
    const ts = `1795140604.${String(count).padStart(6, "0")}`;
    messages.push({ ...(json as SlackMessage), channel, ts });
    return ts;
  }

  return Object.assign(server, {
    webhookUrl: `${server.url}${HOOK}`,
    apiUrl: `${server.url}/api`,
    messages,
    limitRate(isOn: boolean, perMs = 1_000) {
      windowMs = perMs;
      isLimited = isOn;
      lastAt = 0;
    },
    breakWebhook(error: keyof typeof WEBHOOK_ERRORS | null) {
      webhookError = error;
    },
    breakApi(error: string | null, more: Record<string, unknown> = {}) {
      apiError = error ? { error, ...more } : null;
    },
    deleteMessage(ts: string) {
      messages.splice(messages.findIndex((one) => one.ts === ts) >>> 0, 1);
    },
  });
}

export const forForms: ServiceForForms<SlackServer> = {
  provider: "slack",
  start: startSlackServer,
  config: (url) => ({ webhookUrl: `${url}${HOOK}`, username: "Night shift" }),
  secretField: "webhookUrl",
  texts: ({ messages }) => messages.map(({ text }) => text),
  refusal: "invalid_token",
};
