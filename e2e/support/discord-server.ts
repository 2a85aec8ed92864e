import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A message as the webhook stored it. */
export interface DiscordMessage {
  id: string;
  webhookId: string;
  threadId: string | null;
  receivedAt: number;
  username: string | null;
  flags: number;
  allowed_mentions: unknown;
  content: string;
  embeds: DiscordEmbed[];
}

export interface DiscordEmbed {
  title?: string;
  description?: string;
  url?: string;
  color?: number;
  timestamp?: string;
  footer?: { text: string };
  author?: { name: string };
  fields?: { name: string; value: string; inline?: boolean }[];
}

/** What the server does with the next requests instead of taking them. */
export interface Failure {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** How many requests; all until `recover` when left out. */
  times?: number;
}

export interface DiscordServer {
  url: string;
  port: number;
  /** The address of a webhook; unknown ones answer 404 with code 10015. */
  webhookUrl(id?: string, token?: string): string;
  messages: DiscordMessage[];
  /** Every request, refused ones too. */
  requests: { at: number; status: number; url: string; body: string }[];
  deleteWebhook(id?: string): void;
  /** Its messages can no longer be edited; a new one brings it back: https://discord.com/developers/docs/topics/threads */
  archiveThread(id: string): void;
  failWith(failure: Failure): void;
  /** Accepts requests and never answers. */
  hang(): void;
  recover(): void;
  /** Off: no rate limit. On by default: 5 requests in 2 s for each webhook. */
  limitRate(isOn: boolean): void;
  close(): Promise<void>;
}

const WEBHOOK_ID = "1190000000000000001";
const TOKEN = "aTokenOfSixtyEightCharactersMoreOrLess-0123456789_abcdefghijklmnopqr";
const BUCKET = { requests: 5, perMs: 2_000 };

/**
 * Behaves like Discord's webhook API as its documentation describes it: validation with its codes, `wait`, threads,
 * unknown webhooks, and a rate limit with all its headers. Limits count code points.
 * https://discord.com/developers/docs/resources/webhook#execute-webhook
 * https://discord.com/developers/docs/topics/rate-limits
 */
export async function startDiscordServer(port = 0): Promise<DiscordServer> {
  const webhooks = new Map([[WEBHOOK_ID, TOKEN]]);
  const buckets = new Map<string, { until: number; used: number }>();
  const archived = new Set<string>();
  const messages: DiscordMessage[] = [];
  const requests: DiscordServer["requests"] = [];
  let failure: Failure | null = null;
  let isHanging = false;
  let isLimited = true;
  let lastId = 1_300_000_000_000_000_000n;

  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      if (isHanging) return;
      const url = new URL(request.url ?? "/", "http://discord.test");
      const { status, body: words, headers = {} } = answer(request, url, body);
      response.writeHead(status, words === null ? headers : { "content-type": "application/json", ...headers });
      response.end(words === null ? undefined : JSON.stringify(words));
      requests.push({ at: Date.now(), status: response.statusCode, url: url.pathname + url.search, body });
    });
  });

  function answer(request: IncomingMessage, url: URL, body: string): Reply {
    if (failure) {
      const { status, body: words, headers } = failure;
      if (failure.times !== undefined && --failure.times <= 0) failure = null;
      return reply(status, words === undefined ? { message: `${status}: asked to fail`, code: 0 } : words, headers);
    }
    const [, id = "", token = "", edited] =
      /^\/api(?:\/v\d+)?\/webhooks\/([^/]+)\/([^/]+)(?:\/messages\/([^/]+))?\/?$/.exec(url.pathname) ?? [];
    if (!id) return reply(404, { message: "404: Not Found", code: 0 });
    if (request.method !== (edited ? "PATCH" : "POST"))
      return reply(405, { message: "405: Method Not Allowed", code: 0 });
    if (!webhooks.has(id)) return reply(404, { message: "Unknown Webhook", code: 10015 });
    if (webhooks.get(id) !== token) return reply(401, { message: "Invalid Webhook Token", code: 50027 });

    const limit = isLimited ? takeFrom(id) : { headers: {}, waitMs: 0 };
    if (limit.waitMs > 0) {
      const seconds = limit.waitMs / 1000;
      return reply(
        429,
        { message: "You are being rate limited.", retry_after: seconds, global: false },
        { ...limit.headers, "Retry-After": String(Math.ceil(seconds)), "X-RateLimit-Scope": "shared" },
      );
    }
    const parsed = parse(body, request.headers["content-type"] ?? "");
    if (!parsed) return reply(400, { message: "The request body contains invalid JSON.", code: 50109 }, limit.headers);
    const errors = validate(parsed);
    if (errors === "empty") return reply(400, { message: "Cannot send an empty message", code: 50006 }, limit.headers);
    if (errors) return reply(400, { message: "Invalid Form Body", code: 50035, errors }, limit.headers);
    const threadId = url.searchParams.get("thread_id");
    if (edited) return edit(edited, parsed, limit.headers);
    if (threadId === "1000000000000000404")
      return reply(404, { message: "Unknown Channel", code: 10003 }, limit.headers);
    if (threadId === "1000000000000000423")
      return reply(400, { message: "Thread is locked", code: 160005 }, limit.headers);

    const message: DiscordMessage = {
      id: String(++lastId),
      webhookId: id,
      threadId,
      receivedAt: Date.now(),
      username: parsed.username ?? null,
      flags: parsed.flags ?? 0,
      allowed_mentions: parsed.allowed_mentions,
      content: parsed.content ?? "",
      embeds: parsed.embeds ?? [],
    };
    messages.push(message);
    if (threadId !== null) archived.delete(threadId);
    if (url.searchParams.get("wait") !== "true") return reply(204, null, limit.headers);
    const { receivedAt, webhookId, ...stored } = message;
    return reply(
      200,
      { ...stored, webhook_id: webhookId, type: 0, timestamp: new Date(receivedAt).toISOString() },
      limit.headers,
    );
  }

  /** https://discord.com/developers/docs/resources/webhook#edit-webhook-message */
  function edit(id: string, { embeds, content }: Body, headers: Record<string, string>): Reply {
    const message = messages.find((one) => one.id === id);
    if (!message) return reply(404, { message: "Unknown Message", code: 10008 }, headers);
    if (message.threadId !== null && archived.has(message.threadId))
      return reply(400, { message: "Thread is archived", code: 50083 }, headers);
    if (embeds) message.embeds = embeds;
    if (content !== undefined) message.content = content;
    const { receivedAt: _, webhookId, ...stored } = message;
    return reply(200, { ...stored, webhook_id: webhookId, edited_timestamp: new Date().toISOString() }, headers);
  }

  function takeFrom(id: string): { headers: Record<string, string>; waitMs: number } {
    const now = Date.now();
    let bucket = buckets.get(id);
    if (!bucket || bucket.until <= now) {
      bucket = { until: now + BUCKET.perMs, used: 0 };
      buckets.set(id, bucket);
    }
    const isOver = bucket.used >= BUCKET.requests;
    if (!isOver) bucket.used++;
    const headers = {
      "X-RateLimit-Limit": String(BUCKET.requests),
      "X-RateLimit-Remaining": String(BUCKET.requests - bucket.used),
      "X-RateLimit-Reset": (bucket.until / 1000).toFixed(3),
      "X-RateLimit-Reset-After": ((bucket.until - now) / 1000).toFixed(3),
      "X-RateLimit-Bucket": `webhook-${id}`,
    };
    return { headers, waitMs: isOver ? bucket.until - now : 0 };
  }

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const bound = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${bound}`;
  return {
    url,
    port: bound,
    messages,
    requests,
    webhookUrl(id = WEBHOOK_ID, token = TOKEN) {
      if (!webhooks.has(id)) webhooks.set(id, token);
      return `${url}/api/webhooks/${id}/${token}`;
    },
    archiveThread: (id) => void archived.add(id),
    deleteWebhook: (id = WEBHOOK_ID) => void webhooks.delete(id),
    failWith(next) {
      failure = { ...next };
    },
    hang() {
      isHanging = true;
    },
    recover() {
      failure = null;
      isHanging = false;
    },
    limitRate(isOn) {
      isLimited = isOn;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Body {
  content?: string;
  username?: string;
  avatar_url?: string;
  flags?: number;
  allowed_mentions?: unknown;
  embeds?: DiscordEmbed[];
}

function parse(body: string, contentType: string): Body | null {
  if (!contentType.startsWith("application/json")) return null;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Body) : null;
  } catch {
    return null;
  }
}

type Errors = Record<string, { _errors: { code: string; message: string }[] }>;

/** Discord's limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
function validate({
  content = "",
  username,
  avatar_url,
  embeds = [],
  allowed_mentions,
}: Body): Errors | "empty" | null {
  const errors: Errors = {};
  const refuse = (path: string, code: string, message: string) => {
    errors[path] = { _errors: [{ code, message }] };
  };
  const text = (path: string, value: unknown, max: number, isRequired = false) => {
    if (value === undefined && !isRequired) return;
    if (typeof value !== "string" || (isRequired && value.trim() === "")) {
      refuse(path, "BASE_TYPE_REQUIRED", "This field is required");
      return;
    }
    if (sizeOf(value) > max) refuse(path, "BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`);
    if (value.includes("\0")) refuse(path, "STRING_TYPE_INVALID", "Must not hold NUL.");
  };
  const address = (path: string, value: unknown) => {
    if (value === undefined) return;
    if (typeof value !== "string" || !/^https?:\/\/\S+$/.test(value) || value.length > 2048) {
      refuse(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    }
  };
  text("content", content, 2000);
  const problem = mentionProblem(allowed_mentions);
  if (problem) refuse("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", problem);
  if (username !== undefined) {
    text("username", username, 80, true);
    if (/discord|clyde/i.test(username))
      refuse("username", "USERNAME_INVALID_CONTAINS", `Username cannot contain "discord"`);
  }
  address("avatar_url", avatar_url);
  if (embeds.length > 10) refuse("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
  let total = 0;
  for (const [i, embed] of embeds.entries()) {
    const at = `embeds.${i}`;
    text(`${at}.title`, embed.title, 256);
    text(`${at}.description`, embed.description, 4096);
    address(`${at}.url`, embed.url);
    if (embed.footer) text(`${at}.footer.text`, embed.footer.text, 2048, true);
    if (embed.author) text(`${at}.author.name`, embed.author.name, 256, true);
    if (embed.color !== undefined && !(Number.isInteger(embed.color) && embed.color >= 0 && embed.color <= 0xffffff)) {
      refuse(`${at}.color`, "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.");
    }
    if (embed.timestamp !== undefined && Number.isNaN(Date.parse(embed.timestamp))) {
      refuse(`${at}.timestamp`, "DATE_TIME_TYPE_PARSE", "Could not parse the timestamp. Should be ISO8601.");
    }
    if ((embed.fields?.length ?? 0) > 25)
      refuse(`${at}.fields`, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
    for (const [j, one] of (embed.fields ?? []).entries()) {
      text(`${at}.fields.${j}.name`, one.name, 256, true);
      text(`${at}.fields.${j}.value`, one.value, 1024, true);
      total += sizeOf(one.name ?? "") + sizeOf(one.value ?? "");
    }
    total += [embed.title, embed.description, embed.footer?.text, embed.author?.name].reduce(
      (sum, part) => sum + sizeOf(part ?? ""),
      0,
    );
  }
  if (total > 6000) refuse("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
  if (Object.keys(errors).length > 0) return errors;
  return content === "" && embeds.length === 0 ? "empty" : null;
}

/** https://discord.com/developers/docs/resources/message#allowed-mentions-object */
function mentionProblem(allowed: unknown): string | null {
  if (allowed === undefined) return null;
  if (typeof allowed !== "object" || allowed === null) return "Only dictionaries may be used.";
  const { parse = [], roles = [], users = [] } = allowed as Record<"parse" | "roles" | "users", unknown>;
  if (!Array.isArray(parse) || !Array.isArray(roles) || !Array.isArray(users)) return "Only iterables may be used.";
  if (roles.length > 100 || users.length > 100) return "Must be 100 or fewer in length.";
  if ([...roles, ...users].some((id) => !/^\d+$/.test(String(id)))) return "Value is not snowflake.";
  const isTwice = (parse.includes("roles") && roles.length > 0) || (parse.includes("users") && users.length > 0);
  return isTwice ? "parse and a list of ids are mutually exclusive" : null;
}

function sizeOf(text: string): number {
  return [...text.trim()].length;
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks).toString()));
    request.on("error", () => resolve(""));
  });
}

interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

function reply(status: number, body: unknown, headers?: Record<string, string>): Reply {
  return { status, body, ...(headers ? { headers } : {}) };
}
