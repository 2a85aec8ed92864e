import {
  type AppriseAddress,
  appriseOrigin,
  delegate,
  delegateEach,
  type Form,
  incomplete,
  isSet,
  type Mapping,
  pathOf,
  readAppriseSetting,
  readPath,
  splitList,
  targetsOf,
} from "./address";
import { bodyJson, fill } from "./body";

/** Discord refuses webhooks' names with these words in them: the webhook's own name is used then. */
const REFUSED_NAME = /discord|clyde/i;

/** Services that people chat in: https://github.com/caronc/apprise/wiki#notification-services */
export const CHAT_FORMS: Record<string, Form> = {
  discord: (address) => {
    const { host, path, user } = address;
    if (!host || !path[0]) return incomplete("discord://webhook-id/webhook-token");
    return delegate("discord", {
      webhookUrl: `https://discord.com/api/webhooks${pathOf([host, path[0]])}`,
      username: REFUSED_NAME.test(user) ? undefined : user,
      avatarUrl: readAppriseSetting(address, "avatar_url"),
      threadId: readAppriseSetting(address, "thread"),
    });
  },

  slack: (address) => {
    const [first = "", ...others] = splitList(readAppriseSetting(address, "token"));
    const token = first || address.host;
    const entries = first ? [...others, ...address.path] : address.path;
    const username = address.user;
    if (token.startsWith("xo")) {
      const channels = targetsOf(address, entries).map((channel) => channel.replace(/^[+]/, ""));
      if (channels.length === 0) return { problem: "Add the channel for the bot: slack://xoxb-…/#channel." };
      return delegateEach("slack", channels, (channel) => ({ botToken: token, channel, username }));
    }
    const [b, c, ...more] = entries;
    if (!token || !b || !c) return incomplete("slack://T…/B…/token");
    if (targetsOf(address, more).length > 0)
      return {
        problem:
          "A Slack webhook always posts to its own channel: leave the channel out, or use a bot token (slack://xoxb-…/#channel).",
      };
    return delegate("slack", { webhookUrl: `https://hooks.slack.com/services${pathOf([token, b, c])}`, username });
  },

  workflows,
  workflow: workflows,
  msteams: () => ({
    problem:
      "Microsoft has retired the connectors behind msteams:// URLs. In Teams: the channel's … menu → Workflows → “Post to a channel when a webhook request is received”, then paste the workflow's URL here.",
  }),

  matrix: (address) => matrix(address, false),
  matrixs: (address) => matrix(address, true),
  mmost: (address) => mattermost(address, false),
  mmosts: (address) => mattermost(address, true),
  rocket: (address) => rocket(address, false),
  rockets: (address) => rocket(address, true),

  gchat: (address) => {
    const { host, path } = address;
    const space = readAppriseSetting(address, "workspace") ?? host;
    const key = readAppriseSetting(address, "key") ?? path[0];
    const token = readAppriseSetting(address, "token") ?? path[1];
    if (!space || !key || !token) return incomplete("gchat://space/key/token");
    const query = new URLSearchParams({ key, token });
    return delegate("google-chat", {
      webhookUrl: `https://chat.googleapis.com/v1/spaces/${encodeURIComponent(space)}/messages?${query}`,
    });
  },

  zulip: (address) => {
    const { user, host, path } = address;
    const [apiKey, ...entries] = path;
    if (!user || !host || !apiKey) return incomplete("zulip://bot@organisation/key/stream");
    const server = host.includes(".") ? host : `${host}.zulipchat.com`;
    const bot = user.endsWith("-bot") ? user : `${user}-bot`;
    const streams = targetsOf(address, entries);
    // Mail addresses are people: Apprise itself can write to those.
    if (streams.some((stream) => stream.includes("@"))) return null;
    return delegateEach("zulip", streams.length > 0 ? streams : ["general"], (stream) => ({
      serverUrl: `https://${server}`,
      botEmail: `${bot}@${server}`,
      apiKey,
      stream,
    }));
  },

  webex,
  wxteams: webex,

  nctalk: (address) => nextcloudTalk(address, false),
  nctalks: (address) => nextcloudTalk(address, true),
};

/** https://github.com/caronc/apprise/wiki/Notify_workflows */
function workflows(address: AppriseAddress): Mapping {
  const { host, path } = address;
  if (readAppriseSetting(address, "template")) return null;
  const id = readAppriseSetting(address, "id", "workflow") ?? path[0];
  const signature = readAppriseSetting(address, "sig", "signature") ?? path[1];
  if (!host || !id || !signature) return incomplete("workflows://host:443/workflow-id/signature");
  const isNew = isSet(address, "powerautomate", isSet(address, "pa"));
  const version = readAppriseSetting(address, "ver", "api-version") ?? (isNew ? "2022-03-01-preview" : "2016-06-01");
  const query = new URLSearchParams({ "api-version": version, sp: "/triggers/manual/run", sv: "1.0", sig: signature });
  const start = isNew ? "/powerautomate/automations/direct" : "";
  return delegate("teams", {
    webhookUrl: `${appriseOrigin(address, true)}${start}/workflows/${encodeURIComponent(id)}/triggers/manual/paths/invoke?${query}`,
  });
}

function webex(address: AppriseAddress): Mapping {
  const token = readAppriseSetting(address, "token") ?? address.host;
  if (!token) return incomplete("webex://token");
  return delegate("webex", { webhookUrl: `https://webexapis.com/v1/webhooks/incoming/${encodeURIComponent(token)}` });
}

/** https://github.com/caronc/apprise/wiki/Notify_matrix */
function matrix(address: AppriseAddress, isSecure: boolean): Mapping {
  const { user, password, host } = address;
  const serverUrl = appriseOrigin(address, isSecure);
  const rooms = targetsOf(address);
  const token = readAppriseSetting(address, "token");
  const mode =
    readAppriseSetting(address, "mode")?.toLowerCase() ?? (!password && !token && rooms.length === 0 ? "t2bot" : "");
  if (mode === "t2bot") {
    const hook = token ?? (password || host);
    return delegate("webhook", {
      url: `https://webhooks.t2bot.io/api/v1/matrix/hook/${encodeURIComponent(hook)}`,
      template: bodyJson({ displayName: user || "Belfry", format: "plain", text: fill("{{title}}\n{{message}}") }),
    });
  }
  // Webhooks of bridges that only some homeservers run.
  if (mode === "matrix" || mode === "slack") return null;
  if (rooms.length === 0) return { problem: "Add the room: matrixs://user:password@host/#room." };
  const accessToken = token ?? (user && !password ? user : password && !user ? password : undefined);
  if (!accessToken && !user) return incomplete("matrixs://user:password@host/#room");
  return delegateEach("matrix", rooms, (room) => ({
    serverUrl,
    ...(accessToken ? { accessToken } : { user, password }),
    roomId: roomOf(room, host),
  }));
}

/** `#room`, `!id` or a bare name, with the homeserver where it is left out. */
function roomOf(room: string, host: string): string {
  const marked = /^[#!]/.test(room) ? room : `#${room}`;
  return marked.includes(":") ? marked : `${marked}:${host}`;
}

/** https://github.com/caronc/apprise/wiki/Notify_mattermost */
function mattermost(address: AppriseAddress, isSecure: boolean): Mapping {
  if (readAppriseSetting(address, "mode")?.toLowerCase() === "bot") return null;
  const token = address.path.at(-1);
  if (!address.host || !token) return incomplete("mmosts://host/hook");
  const webhookUrl = `${appriseOrigin(address, isSecure)}${pathOf(address.path.slice(0, -1))}/hooks/${encodeURIComponent(token)}`;
  const channels = [
    ...splitList(readAppriseSetting(address, "to")),
    ...splitList(readAppriseSetting(address, "channel", "channels")),
  ].map((channel) => channel.replace(/^#/, ""));
  const config = { webhookUrl, username: address.user, iconUrl: readAppriseSetting(address, "icon_url") };
  if (channels.length === 0) return delegate("mattermost", config);
  return delegateEach("mattermost", channels, (channel) => ({ ...config, channel }));
}

/** `tokenA/tokenB@host`: a slash before the @, which no other URL has. */
const ROCKET_WEBHOOK = /^(?:([^:/@]+):)?([a-z0-9]+)(?:\/|%2f)([a-z0-9]+)@([^/]+)(.*)$/i;

/** https://github.com/caronc/apprise/wiki/Notify_rocketchat */
function rocket(address: AppriseAddress, isSecure: boolean): Mapping {
  const scheme = isSecure ? "https" : "http";
  const [, , a, b, place, rest = ""] = ROCKET_WEBHOOK.exec(address.raw) ?? [];
  if (a && b && place) {
    const webhookUrl = `${scheme}://${place}/hooks/${a}/${b}`;
    const rooms = targetsOf(address, readPath(rest));
    if (rooms.length === 0) return delegate("rocketchat", { webhookUrl });
    return delegateEach("rocketchat", rooms, (channel) => ({ webhookUrl, channel }));
  }
  const hook = readAppriseSetting(address, "webhook");
  const rooms = targetsOf(address);
  if (hook) {
    const webhookUrl = `${appriseOrigin(address, isSecure)}/hooks/${hook.replace(/^\/+/, "")}`;
    if (rooms.length === 0) return delegate("rocketchat", { webhookUrl });
    return delegateEach("rocketchat", rooms, (channel) => ({ webhookUrl, channel }));
  }
  const { user, password, host } = address;
  if (!user || !password || !host) return incomplete("rockets://user:password@host/#channel");
  if (readAppriseSetting(address, "mode")?.toLowerCase() === "token") return null;
  if (rooms.length === 0) return { problem: "Add the channel: rockets://user:password@host/#channel." };
  const serverUrl = appriseOrigin(address, isSecure);
  return delegateEach("rocketchat", rooms, (channel) => ({ serverUrl, user, password, channel }));
}

/** https://nextcloud-talk.readthedocs.io/en/latest/chat/#sending-a-new-chat-message */
function nextcloudTalk(address: AppriseAddress, isSecure: boolean): Mapping {
  const { user, password, host, headers } = address;
  const rooms = targetsOf(address);
  if (!user || !password || !host || rooms.length === 0) return incomplete("nctalks://user:password@host/room");
  const prefix = (readAppriseSetting(address, "url_prefix") ?? "").replace(/^\/*|\/*$/g, "");
  const login = Buffer.from(`${user}:${password}`).toString("base64");
  return delegateEach("webhook", rooms, (room) => ({
    url: `${appriseOrigin(address, isSecure)}${prefix ? `/${prefix}` : ""}/ocs/v2.php/apps/spreed/api/v1/chat/${encodeURIComponent(room)}`,
    authHeader: `Basic ${login}`,
    headers: { ...headers, "OCS-APIRequest": "true", Accept: "application/json" },
    template: bodyJson({ message: fill("{{title}}\n{{message}}") }),
  }));
}
