import { decodePart } from "../../kit/decode-part";
import {
  type AppriseAddress,
  appriseOrigin,
  delegate,
  delegateEach,
  type Form,
  incomplete,
  isSet,
  meetSwitches,
  meetWords,
  originWithLogin,
  pathOf,
  readAppriseSetting,
  readPath,
  splitList,
  targetsOf,
} from "./address";
import { bodyJson, fill } from "./body";

/** Services that push to phones: https://github.com/caronc/apprise/wiki#notification-services */
export const PUSH_FORMS: Record<string, Form> = {
  tgram: telegram,

  pover: (address) => {
    const { user, host } = address;
    if (!user || !host) return incomplete("pover://user-key@app-token");
    meetWords(address, { format: /^t/i });
    const devices = targetsOf(address);
    return delegate("pushover", {
      userKey: user,
      appToken: host,
      device: devices.join(","),
      priority: pushoverPriority(readAppriseSetting(address, "priority")),
      sound: readAppriseSetting(address, "sound"),
      // Apprise once called the pause of emergencies `retry`, which now counts attempts there.
      retry: numberOf(readAppriseSetting(address, "interval", "retry")),
      expire: numberOf(readAppriseSetting(address, "expire")),
    });
  },

  ntfy: (address) => ntfy(address, false),
  ntfys: (address) => ntfy(address, true),
  gotify: (address) => gotify(address, false),
  gotifys: (address) => gotify(address, true),

  pbul: (address) => {
    if (!address.host) return incomplete("pbul://access-token");
    meetWords(address, { format: /^t/i });
    const accessToken = address.host;
    const targets = targetsOf(address);
    if (targets.length === 0) return delegate("pushbullet", { accessToken });
    return delegateEach("pushbullet", targets, (target) => ({ accessToken, target }));
  },

  line: (address) => {
    meetWords(address, { format: /^t/i, image: /./ });
    const given = readAppriseSetting(address, "token");
    const tokenParts = given ? [] : tokenEntries(address);
    const token = given ?? [address.host, ...tokenParts].join("/");
    const users = targetsOf(address, address.path.slice(tokenParts.length));
    if (!token || users.length === 0) return incomplete("line://token/user");
    return delegateEach("line", users, (to) => ({ accessToken: token, to }));
  },

  bark: (address) => bark(address, false),
  barks: (address) => bark(address, true),
};

/** A token of LINE is base64 with slashes in it and ends in `=`. */
function tokenEntries({ host, path }: AppriseAddress): string[] {
  if (host.endsWith("=")) return [];
  const end = path.findIndex((entry) => entry.endsWith("="));
  return path.slice(0, end + 1);
}

/** The bot's token has a colon in it, so it is no ordinary URL: https://github.com/caronc/apprise/wiki/Notify_telegram */
function telegram(address: AppriseAddress): ReturnType<Form> {
  const [, token, rest = ""] =
    /^(?:bot)?(\d+(?::|%3A)[\w-]+)(?:\/(.*))?$/is.exec(address.raw.replace(/^[^/@]*@/, "")) ?? [];
  if (!token) return incomplete("tgram://bot-token/chat-id");
  const entries = readPath(rest);
  const chats = targetsOf(address, entries);
  // Without a chat Apprise searches for a person who wrote to the bot.
  if (chats.length === 0) return incomplete("tgram://bot-token/chat-id");
  meetSwitches(address, { image: false, preview: false });
  meetWords(address, { detect: /./, format: /./ });
  const format = address.settings.get("format")?.toLowerCase();
  const common = readAppriseSetting(address, "topic", "thread");
  return delegateEach("telegram", chats, (target) => {
    const [, chat = target, topic] = /^([^:]+):(\d+)$/.exec(target) ?? [];
    return {
      botToken: decodePart(token),
      chatId: /^(-?\d+|@.*)$/.test(chat) ? chat : `@${chat}`,
      topicId: topic ?? common,
      parseMode: format === "html" ? "HTML" : undefined,
      silent: isSet(address, "silent") || undefined,
    };
  });
}

/** https://github.com/caronc/apprise/wiki/Notify_ntfy */
function ntfy(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const { host, path, user, password } = address;
  meetWords(address, { format: /./ });
  const mode = readAppriseSetting(address, "mode")?.toLowerCase();
  const isOwn = mode ? mode === "private" : targetsOf(address).length > 0;
  const isCloudHost = /^ntfy\.sh$/i.test(host);
  const topics = isOwn || isCloudHost ? targetsOf(address) : targetsOf(address, [host, ...path].filter(Boolean));
  if (topics.length === 0) return incomplete("ntfys://host/topic");
  const token = readAppriseSetting(address, "token") ?? [user, password].find((part) => part.startsWith("tk_"));
  const isToken = token !== undefined || readAppriseSetting(address, "auth")?.toLowerCase() === "token";
  const tags = splitList(readAppriseSetting(address, "tags"));
  const serverUrl = isOwn && !isCloudHost ? appriseOrigin(address, isSecure) : undefined;
  return delegateEach("ntfy", topics, (topic) => ({
    serverUrl,
    topic,
    ...(isToken ? { accessToken: token ?? (password || user) } : { user, password }),
    priority: ntfyPriority(readAppriseSetting(address, "priority")),
    tags: tags.length > 0 ? tags : undefined,
    clickUrl: readAppriseSetting(address, "click"),
  }));
}

const NTFY_PRIORITIES: [RegExp, number][] = [
  [/^min|^1$/i, 1],
  [/^l|^2$/i, 2],
  [/^d|^n|^mod|^3$/i, 3],
  [/^h|^4$/i, 4],
  [/^max|^e|^u|^5$/i, 5],
];
function ntfyPriority(word: string | undefined): number | undefined {
  return word === undefined ? undefined : NTFY_PRIORITIES.find(([pattern]) => pattern.test(word))?.[1];
}

/** https://github.com/caronc/apprise/wiki/Notify_gotify */
function gotify(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const appToken = address.path.at(-1);
  if (!address.host || !appToken) return incomplete("gotifys://host/token");
  meetWords(address, { format: /./ });
  return delegate("gotify", {
    serverUrl: `${appriseOrigin(address, isSecure)}${pathOf(address.path.slice(0, -1))}`,
    appToken,
    priority: gotifyPriority(readAppriseSetting(address, "priority")),
  });
}

function gotifyPriority(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^\d+$/.test(word)) return Math.min(10, Number(word));
  return { l: 0, m: 3, n: 5, h: 8, e: 10 }[word.slice(0, 1).toLowerCase()];
}

const PUSHOVER_PRIORITIES = ["lowest", "low", "normal", "high", "emergency"];

/** Apprise's words for -2 to 2 are low, moderate, normal, high and emergency. */
function pushoverPriority(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (/^-?[0-2]$/.test(word)) return PUSHOVER_PRIORITIES[Number(word) + 2];
  return { l: "lowest", m: "low", n: "normal", h: "high", e: "emergency" }[word.slice(0, 1).toLowerCase()];
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** https://github.com/Finb/bark-server/blob/master/docs/API_V2.md */
function bark(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const keys = targetsOf(address);
  meetWords(address, { format: /^t/i, image: /./ });
  const badge = readAppriseSetting(address, "badge");
  if (!address.host || keys.length === 0) return incomplete("barks://host/device-key");
  return delegateEach("webhook", keys, (key) => ({
    // The key goes into the address, which is sealed; a custom body is not.
    url: `${originWithLogin(address, isSecure)}/${encodeURIComponent(key)}`,
    template: bodyJson({
      title: fill("{{title}}"),
      body: fill("{{message}}"),
      sound: readAppriseSetting(address, "sound"),
      level: readAppriseSetting(address, "level"),
      group: readAppriseSetting(address, "group"),
      category: readAppriseSetting(address, "category"),
      badge: badge !== undefined && /^\d+$/.test(badge) ? Number(badge) : badge,
      url: readAppriseSetting(address, "click") ?? fill("{{link}}"),
    }),
  }));
}
