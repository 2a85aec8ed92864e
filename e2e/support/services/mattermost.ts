import { isObject } from "@/lib/providers/kit/json-body";
import { type Service, type ServiceForForms, startService } from "./service";

const HOOK = "h00kf0rtests1234567890abcd";
const POST_MAX = 16_383;
const PROPS_MAX = 760_000;

export interface MattermostPost {
  channel?: string;
  username?: string;
  icon_url?: string;
  attachments: {
    fallback: string;
    color: string;
    title: string;
    title_link?: string;
    text?: string;
    fields?: { title: string; value: string; short: boolean }[];
    footer: string;
  }[];
}

export interface MattermostServer extends Service {
  webhookUrl: string;
  posts: MattermostPost[];
  /** 10 requests a second with a burst of as many; off at the start, as in Mattermost. */
  limitRate(isOn: boolean, perMs?: number): void;
  break(fault: keyof typeof FAULTS | null): void;
}

/** By the server's own ids: https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go */
const FAULTS = {
  invalid: [400, "web.incoming_webhook.invalid.app_error", "Invalid webhook."],
  channel: [404, "web.incoming_webhook.channel.app_error", "Couldn't find the channel."],
  channelGone: [404, "app.channel.get.existing.app_error", "Unable to find the existing channel."],
  locked: [
    403,
    "web.incoming_webhook.channel_locked.app_error",
    "This webhook is not permitted to post to the requested channel.",
  ],
  permissions: [403, "web.incoming_webhook.permissions.app_error", "Inappropriate channel permissions."],
  disabled: [
    501,
    "web.incoming_webhook.disabled.app_error",
    "Incoming webhooks have been disabled by the system admin.",
  ],
  archived: [
    500,
    "api.post.create_webhook_post.creating.app_error",
    "Error creating post.",
    "err=Can not post to deleted channel.",
  ],
  creating: [500, "api.post.create_webhook_post.creating.app_error", "Error creating post."],
  parse: [400, "web.incoming_webhook.parse.app_error", "Unable to parse incoming data."],
  text: [400, "web.incoming_webhook.text.app_error", "No text specified."],
} as const;

/** One incoming webhook in a team with the channels town-square and backups. */
export async function startMattermostServer(): Promise<MattermostServer> {
  const posts: MattermostPost[] = [];
  let fault: keyof typeof FAULTS | null = null;
  let isLimited = false;
  let windowMs = 1_000;
  let taken: number[] = [];

  const no = (name: keyof typeof FAULTS) => {
    const [status, id, message, detail = ""] = FAULTS[name];
    return { status, body: { id, message, detailed_error: detail, request_id: "r3qu3st", status_code: status } };
  };
  const server = await startService(({ method, path, at, json }) => {
    if (method !== "POST" || !path.startsWith("/hooks/")) return { status: 404, body: "<title>Not found</title>" };
    taken = taken.filter((time) => at - time < windowMs);
    if (isLimited && taken.length >= 10) {
      return {
        status: 429,
        body: "limit exceeded",
        headers: {
          "retry-after": "1",
          "x-ratelimit-limit": "10",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": "1",
        },
      };
    }
    taken.push(at);
    if (path !== `/hooks/${HOOK}`) return no("invalid");
    if (fault) return no(fault);
    if (!isObject(json)) return no("parse");
    if (!json.text && !Array.isArray(json.attachments)) return no("text");
    const { channel = "town-square" } = json;
    if (channel !== "town-square" && channel !== "backups") return no("channel");
    // What the real one would cut into several posts, or refuse.
    if (!isSound(json)) return no("parse");
    posts.push(json as unknown as MattermostPost);
    return { status: 200, body: "ok" };
  });

  return Object.assign(server, {
    webhookUrl: `${server.url}/hooks/${HOOK}`,
    posts,
    limitRate(isOn: boolean, perMs = 1_000) {
      windowMs = perMs;
      isLimited = isOn;
      taken = [];
    },
    break(next: keyof typeof FAULTS | null) {
      fault = next;
    },
  });
}

function isSound(post: Record<string, unknown>): boolean {
  const attachments: unknown[] = Array.isArray(post.attachments) ? post.attachments : [];
  if ([...JSON.stringify({ attachments })].length > PROPS_MAX) return false;
  return attachments.every((one) => {
    if (!isObject(one) || typeof one.title !== "string" || !/^#[0-9a-f]{6}$/.test(String(one.color))) return false;
    const fields: unknown[] = Array.isArray(one.fields) ? one.fields : [];
    const isText = one.text === undefined || (typeof one.text === "string" && [...one.text].length <= POST_MAX);
    return isText && fields.every((field) => isObject(field) && Boolean(field.title) && Boolean(field.value));
  });
}

export const forForms: ServiceForForms<MattermostServer> = {
  provider: "mattermost",
  start: startMattermostServer,
  config: (url) => ({ webhookUrl: `${url}/hooks/${HOOK}`, username: "Night shift" }),
  secretField: "webhookUrl",
  texts: ({ posts }) => posts.map(({ attachments }) => attachments.map(({ fallback }) => fallback).join("\n")),
  refusal: "Invalid webhook.",
};
