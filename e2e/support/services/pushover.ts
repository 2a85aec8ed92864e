import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const PUSHOVER_USER = "uFormsUserKeyThatTheServerKno1";
export const PUSHOVER_TOKEN = "aFormsAppTokenThatTheServerKn1";

export interface PushoverMessage {
  title: string;
  message: string;
  priority: number;
  tags: string[];
  /** An emergency that nobody stopped. */
  isRinging: boolean;
}

export interface PushoverService extends Service {
  messages: PushoverMessage[];
}

/** Behaves like Pushover's message and receipt API: https://pushover.net/api, https://pushover.net/api/receipts */
export async function startPushover(): Promise<PushoverService> {
  const messages: PushoverMessage[] = [];
  const service = await startService((request) => answer(request, messages));
  return Object.assign(service, { messages });
}

export function pushoverError(status: number, words: string, member?: string): ServiceReply {
  return {
    status,
    body: { ...(member ? { [member]: "invalid" } : {}), errors: [words], status: 0, request: "e460545a" },
  };
}

const LENGTHS = { title: 250, message: 1024, url: 512, url_title: 100 };
const SOUNDS = new Set(["pushover", "bike", "siren", "cosmic", "none"]);
const DEVICES = new Set(["phone", "tablet"]);

function answer({ method, path, form }: ServiceRequest, messages: PushoverMessage[]): ServiceReply {
  if (method !== "POST") return pushoverError(400, "must be POSTed");
  if (form.get("token") !== PUSHOVER_TOKEN)
    return pushoverError(400, "application token is invalid, see https://pushover.net/api", "token");
  const tag = /^\/1\/receipts\/cancel_by_tag\/([\w-]+)\.json$/.exec(path)?.[1];
  if (tag) {
    const ringing = messages.filter(({ tags, isRinging }) => isRinging && tags.includes(tag));
    for (const message of ringing) message.isRinging = false;
    return { status: 200, body: { canceled: ringing.length, status: 1, request: "e460545a" } };
  }
  if (path !== "/1/messages.json") return pushoverError(404, "not found");
  if (form.get("user") !== PUSHOVER_USER)
    return pushoverError(
      400,
      "user identifier is not a valid user, group, or subscribed user key, see https://pushover.net/api",
      "user",
    );
  const message = form.get("message") ?? "";
  if (!message.trim()) return pushoverError(400, "message cannot be blank", "message");
  for (const [name, max] of Object.entries(LENGTHS)) {
    if ([...(form.get(name) ?? "")].length > max) return pushoverError(400, `${name} is too long`, name);
  }
  const priority = Number(form.get("priority") ?? 0);
  if (![-2, -1, 0, 1, 2].includes(priority)) return pushoverError(400, "priority is invalid", "priority");
  const isEmergency = priority === 2;
  if (isEmergency && !(Number(form.get("retry")) >= 30))
    return pushoverError(400, "retry must be supplied with priority=2 and be at least 30", "retry");
  if (isEmergency && !(Number(form.get("expire")) <= 10_800 && form.get("expire")))
    return pushoverError(400, "expire must be supplied with priority=2 and be at most 10800", "expire");
  const sound = form.get("sound");
  if (sound && !SOUNDS.has(sound)) return pushoverError(400, "sound is not a valid sound", "sound");
  if (
    form
      .get("device")
      ?.split(",")
      .some((name) => !DEVICES.has(name))
  )
    return pushoverError(400, "device name is not valid for user", "device");
  if (form.get("html") === "1" && isBrokenHtml(message))
    return pushoverError(400, "message contains invalid HTML", "message");
  const tags = form.get("tags")?.split(",") ?? [];
  messages.push({ title: form.get("title") ?? "", message, priority, tags, isRinging: isEmergency });
  return {
    status: 200,
    body: { status: 1, request: "647d2300", ...(isEmergency ? { receipt: "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy" } : {}) },
  };
}

/** Not what Pushover checks, but what would be shown wrongly: a sign that means something and is neither tag nor entity. */
function isBrokenHtml(text: string): boolean {
  return /<|>/.test(text.replace(/<\/?(b|i|u)>/g, "")) || /&(?!(amp|lt|gt);)/.test(text);
}

export const forForms: ServiceForForms<PushoverService> = {
  provider: "pushover",
  start: startPushover,
  config: (url) => ({
    userKey: PUSHOVER_USER,
    appToken: PUSHOVER_TOKEN,
    device: "phone",
    priority: "emergency",
    sound: "siren",
    retry: 120,
    expire: 7200,
    apiBaseUrl: url,
  }),
  secretField: "appToken",
  texts: ({ messages }) => messages.map(({ title, message }) => `${title}\n${message}`),
  refusal: "application token is invalid",
};
