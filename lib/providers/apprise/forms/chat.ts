import { trimEndSigns } from "@/lib/core/trim-signs";
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
  pathOf,
  readAppriseSetting,
  readMarked,
  readPath,
  splitList,
  targetsOf,
  unknownSetting,
} from "./address";
import { bodyJson, fill } from "./body";

/** Discord refuses webhooks' names with these words in them: the webhook's own name is used then. */
const REFUSED_NAME = /discord|clyde/i;

/** Services that people chat in: https://github.com/caronc/apprise/wiki#notification-services */
export const CHAT_FORMS: Record<string, Form> = {
  discord: (address) => {
    const { host, path, user } = address;
    if (!host || !path[0]) return incomplete("discord://webhook-id/webhook-token");
    // Belfry's messages have a footer without a logo, and facts as fields.
    meetSwitches(address, { tts: false, image: false, footer_logo: false, fields: true });
    meetWords(address, { footer: /./, format: /./ });
    const avatarUrl = readAppriseSetting(address, "avatar_url");
    return delegate("discord", {
      webhookUrl: `https://discord.com/api/webhooks${pathOf([host, path[0]])}`,
      username: REFUSED_NAME.test(user) ? undefined : user,
      avatarUrl: isSet(address, "avatar", true) ? avatarUrl : undefined,
      threadId: readAppriseSetting(address, "thread"),
    });
  },

  slack,

  workflows,
  workflow: workflows,
  msteams: () => ({
    apprise:
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
    meetWords(address, { format: /./ });
    // A thread is for Apprise itself: the provider answers in threads of its own.
    if (path.length > 2) return unknownSetting("thread");
    const space = readAppriseSetting(address, "workspace") ?? host;
    const key = readAppriseSetting(address, "key") ?? path[0];
    const token = readAppriseSetting(address, "token") ?? path[1];
    if (!space || !key || !token) return incomplete("gchat://space/key/token");
    const query = new URLSearchParams({ key, token });
    return delegate("google-chat", {
      webhookUrl: `https://chat.googleapis.com/v1/spaces/${encodeURIComponent(space)}/messages?${query}`,
    });
  },

  zulip,

  webex,
  wxteams: webex,

  nctalk: (address) => nextcloudTalk(address, false),
  nctalks: (address) => nextcloudTalk(address, true),
};

/** https://github.com/caronc/apprise/wiki/Notify_slack */
function slack(address: AppriseAddress): ReturnType<Form> {
  const entries = [...(address.host ? [address.host] : []), ...address.path];
  const given = readAppriseSetting(address, "token");
  const [token = "", ...rest] = given ? [...given.split(/[\s,/]+/).filter(Boolean), ...entries] : entries;
  const username = address.user;
  // Belfry's messages have blocks, a footer, and no icon of their own.
  meetSwitches(address, { footer: true, timestamp: true });
  meetWords(address, { image: /./, blocks: /./, format: /./ });
  const isBot = token.startsWith("xo");
  const channels = targetsOf(address, isBot ? rest : rest.slice(2)).map(slackChannel);
  // Apprise looks these people up.
  if (channels.some((channel) => /^[^@]+@/.test(channel))) return unknownSetting("user by mail address");
  if (isBot) {
    return delegateEach("slack", channels.length > 0 ? channels : ["#general"], (channel) => ({
      botToken: token,
      channel,
      username,
    }));
  }
  const [b, c] = rest;
  if (!token || !b || !c) return incomplete("slack://T…/B…/token");
  const webhookUrl = `https://hooks.slack.com/services${pathOf([token, b, c])}`;
  if (channels.length === 0) return delegate("slack", { webhookUrl, username });
  return delegateEach("slack", channels, (channel) => ({ webhookUrl, channel, username }));
}

/** `+` marks an id, and a bare name is that of a channel. */
function slackChannel(text: string): string {
  if (text.startsWith("+")) return text.slice(1);
  return /^[#@]/.test(text) || text.includes("@") ? text : `#${text}`;
}

/** https://github.com/caronc/apprise/wiki/Notify_zulip */
function zulip(address: AppriseAddress): ReturnType<Form> {
  const { user, host } = address;
  const given = readAppriseSetting(address, "token");
  const [apiKey, ...entries] = given ? [given, ...address.path] : address.path;
  if (!user || !host || !apiKey) return incomplete("zulip://bot@organisation/key/stream");
  meetWords(address, { format: /./ });
  const server = host.includes(".") ? host : `${host}.zulipchat.com`;
  const bot = user.endsWith("-bot") ? user : `${user}-bot`;
  const streams = targetsOf(address, entries);
  if (streams.some((stream) => stream.includes("@"))) return unknownSetting("person by mail address");
  return delegateEach("zulip", streams.length > 0 ? streams : ["general"], (stream) => ({
    serverUrl: `https://${server}`,
    botEmail: `${bot}@${server}`,
    apiKey,
    stream,
  }));
}

/** https://github.com/caronc/apprise/wiki/Notify_workflows */
function workflows(address: AppriseAddress): ReturnType<Form> {
  const { host, path } = address;
  meetWords(address, { image: /./, format: /./ });
  meetSwitches(address, { wrap: true });
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

function webex(address: AppriseAddress): ReturnType<Form> {
  const token = readAppriseSetting(address, "token") ?? address.host;
  // With a room behind it the token is a bot's.
  if (!token || address.path.length > 0) return incomplete("webex://token");
  meetWords(address, { format: /./, mode: /^w/i });
  return delegate("webex", { webhookUrl: `https://webexapis.com/v1/webhooks/incoming/${encodeURIComponent(token)}` });
}

/** https://github.com/caronc/apprise/wiki/Notify_matrix */
function matrix(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const { user, password, host } = address;
  const serverUrl = appriseOrigin(address, isSecure);
  const rooms = targetsOf(address).map((room) => (/^[#!@]/.test(room) ? room : `#${room}`));
  const token = readAppriseSetting(address, "token");
  const mode =
    readAppriseSetting(address, "mode")?.toLowerCase() ?? (!password && !token && rooms.length === 0 ? "t2bot" : "off");
  meetSwitches(address, { image: false, discovery: true });
  if (mode.startsWith("t")) return t2bot(address, token ?? (password || host));
  // Webhooks of bridges that only some homeservers run.
  if (!mode.startsWith("o")) return unknownSetting("mode");
  meetWords(address, { msgtype: /^t/i, version: /^v?3$/i, format: /./ });
  if (rooms.length === 0) return incomplete("matrixs://user:password@host/#room");
  if (rooms.some((room) => room.startsWith("@"))) return unknownSetting("@user");
  const accessToken = token ?? (user && !password ? user : password && !user ? password : undefined);
  if (!accessToken && !user) return incomplete("matrixs://user:password@host/#room");
  return delegateEach("matrix", rooms, (roomId) => ({
    serverUrl,
    ...(accessToken ? { accessToken } : { user, password }),
    roomId,
  }));
}

/** https://t2bot.io/webhooks/ */
function t2bot(address: AppriseAddress, hook: string): ReturnType<Form> {
  meetWords(address, { format: /^t/i });
  return delegate("webhook", {
    url: `https://webhooks.t2bot.io/api/v1/matrix/hook/${encodeURIComponent(hook)}`,
    template: bodyJson({
      displayName: address.user || "Belfry",
      format: "plain",
      text: fill("{{title}}\n{{message}}"),
    }),
  });
}

/** https://github.com/caronc/apprise/wiki/Notify_mattermost */
function mattermost(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  meetWords(address, { mode: /^w/i, image: /./, format: /./ });
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
const ROCKET_WEBHOOK = /^(?:([^:/@]+):)?([a-z0-9]+)(?:\/|%2f)([a-z0-9]+)@([^/]+)(.*)$/is;

/** https://github.com/caronc/apprise/wiki/Notify_rocketchat */
function rocket(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const scheme = isSecure ? "https" : "http";
  meetSwitches(address, { avatar: false });
  meetWords(address, { format: /./ });
  const [, , a, b, place, rest = ""] = ROCKET_WEBHOOK.exec(address.raw) ?? [];
  if (a && b && place) {
    meetWords(address, { mode: /^w/i });
    const webhookUrl = `${scheme}://${place}/hooks/${a}/${b}`;
    const rooms = targetsOf(address, readPath(rest));
    if (rooms.length === 0) return delegate("rocketchat", { webhookUrl });
    return delegateEach("rocketchat", rooms, (channel) => ({ webhookUrl, channel }));
  }
  const hook = readAppriseSetting(address, "webhook");
  const rooms = targetsOf(address);
  if (hook) {
    meetWords(address, { mode: /^w/i });
    const webhookUrl = `${appriseOrigin(address, isSecure)}/hooks/${hook.replace(/^\/+/, "")}`;
    if (rooms.length === 0) return delegate("rocketchat", { webhookUrl });
    return delegateEach("rocketchat", rooms, (channel) => ({ webhookUrl, channel }));
  }
  const { user, password, host } = address;
  if (!user || !password || !host || rooms.length === 0) return incomplete("rockets://user:password@host/#channel");
  meetWords(address, { mode: /^b/i });
  const serverUrl = appriseOrigin(address, isSecure);
  return delegateEach("rocketchat", rooms, (channel) => ({ serverUrl, user, password, channel }));
}

/** https://nextcloud-talk.readthedocs.io/en/latest/chat/#sending-a-new-chat-message */
function nextcloudTalk(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const { user, password, host } = address;
  const headers = readMarked(address, "+");
  const rooms = address.path;
  meetWords(address, { format: /^t/i });
  if (!user || !password || !host || rooms.length === 0) return incomplete("nctalks://user:password@host/room");
  const prefix = trimEndSigns((readAppriseSetting(address, "url_prefix") ?? "").replace(/^\/+/, ""), "/");
  const login = Buffer.from(`${user}:${password}`).toString("base64");
  return delegateEach("webhook", rooms, (room) => ({
    url: `${appriseOrigin(address, isSecure)}${prefix ? `/${prefix}` : ""}/ocs/v2.php/apps/spreed/api/v1/chat/${encodeURIComponent(room)}`,
    authHeader: `Basic ${login}`,
    headers: { ...headers, "OCS-APIRequest": "true", Accept: "application/json" },
    template: bodyJson({ message: fill("{{title}}\n{{message}}") }),
  }));
}
