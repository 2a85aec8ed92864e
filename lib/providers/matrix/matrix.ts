import { createHash } from "node:crypto";
import { z } from "zod";
import { TONE_HEX } from "@/lib/core/tone";
import { defineProvider, field, type Limit, type SendResult } from "../contract";
import { composeText, PLAIN, type TextStyle } from "../kit/compose";
import { decodePart } from "../kit/decode-part";
import { escapeHtmlText } from "../kit/html-text";
import { mentionFacts, readMentions } from "../kit/mentions";
import { measure } from "../kit/text";
import { matrixIcon } from "./icon";
import { matrixMentions, mentionLines } from "./mentions";
import { MatrixSession, matrixAnswers } from "./session";

/**
 * An event may have 65,536 bytes, what the servers add included: https://spec.matrix.org/latest/client-server-api/#size-limits
 * In JSON a text can double, and both forms of a message together must stay below that. Few clients show the plain one.
 */
const limits = {
  body: { max: 6_000, unit: "bytes" },
  formattedBody: { max: 12_000, unit: "bytes" },
  content: { max: 60_000, unit: "bytes" },
} as const;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "<br>" };

/** Line ends have no meaning in HTML: each part adds its own break. */
const HTML: TextStyle = {
  encode: (text) => text.replace(/[&<>"\n]/g, (sign) => ENTITIES[sign] ?? sign),
  title: (title) => title,
  fact: (name, value) => `<br><strong>${name}:</strong> ${value}`,
  log: (text) => `<pre><code>${text}</code></pre>`,
  encodeLog: escapeHtmlText,
  link: (label, url) => `<br><a href="${escapeHtmlText(url).replaceAll('"', "&quot;")}">${label}</a>`,
  footer: (footer) => `<br><em>${footer}</em>`,
};

interface Content {
  msgtype: "m.text";
  body: string;
  format: "org.matrix.custom.html";
  formatted_body: string;
  /** Who is mentioned: no text mentions anybody. */
  "m.mentions": { user_ids?: string[] };
  "m.relates_to"?: {
    rel_type: "m.thread";
    event_id: string;
    is_falling_back: true;
    "m.in_reply_to": { event_id: string };
  };
}

interface Payload {
  /** The same at every attempt: a homeserver posts one message per transaction. */
  txnId: string;
  content: Content;
}

const config = () =>
  z
    .object({
      serverUrl: field(
        z
          .string()
          .trim()
          .min(1, "Enter the homeserver's address.")
          .pipe(z.url({ protocol: /^https?$/, error: "Enter an http or https address." })),
        {
          label: "Server URL",
          help: "The homeserver of the account, or the domain that names it; not the app's address",
          placeholder: "https://matrix.example.org",
        },
      ),
      accessToken: field(z.string().trim().optional(), {
        label: "Access token",
        help: "In Element: All settings → Help & About → Advanced; or fill in user and password below",
        secret: true,
        sentTo: ["serverUrl"],
      }),
      user: field(z.string().trim().optional(), {
        label: "User",
        help: "Instead of a token: Belfry signs in for each message and out again",
        placeholder: "@belfry:example.org",
      }),
      password: field(z.string().optional(), { label: "Password", secret: true, sentTo: ["serverUrl"] }),
      roomId: field(
        z
          .string()
          .trim()
          .min(1, "Enter the room.")
          .regex(/^[!#][^\s:]+(:\S+)?$/, "A room looks like !id:example.org, its alias like #backups:example.org."),
        {
          label: "Room",
          help: "Its id, in Element under Room settings → Advanced, or an alias; without :server one of the account's own server. Invite the account; it joins by itself",
          placeholder: "!AbCdEf:example.org",
        },
      ),
    })
    .superRefine(({ accessToken, user, password }, context) => {
      const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
      if (accessToken && (user || password)) refuse("accessToken", "Choose one: a token, or user and password.");
      else if (!accessToken && !user && !password) refuse("accessToken", "Enter a token, or user and password below.");
      else if (!accessToken && !user) refuse("user", "Enter the user, too.");
      else if (!accessToken && !password) refuse("password", "Enter the password, too.");
    });

/** Matrix: one message in a room; a recovery answers the problem's message in a thread. */
export const matrix = defineProvider({
  id: "matrix",
  label: "Matrix",
  tagline: "To a room",
  aliases: ["Element", "Synapse", "chat"],
  icon: matrixIcon,
  docsUrl: "https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid",
  purpose: "message",
  namesPeople: false,
  answers: [matrixAnswers],
  ownServer: true,
  limits,
  // Synapse's default limit for an account (rc_message).
  rate: { requests: 10, perMs: 10_000 },
  concurrency: 2,
  foldAbove: 20,
  usesReceipt: true,
  messageOptions: { mentions: matrixMentions },
  config,
  example: {
    serverUrl: "https://matrix.example.org",
    accessToken: "syt_exampleTokenOfAnAccount_0123456789",
    roomId: "!AbCdEfGhIjKlMnOpQr:example.org",
  },

  render(notification, _config, context): Payload {
    const style: TextStyle = {
      ...HTML,
      // https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes: `font` is not recommended any more.
      title: (title) => `<strong><span data-mx-color="${TONE_HEX[notification.tone]}">${title}</span></strong><br>`,
    };
    const { previous } = context;
    const mentioned = readMentions(matrixMentions, context.mentions);
    const names = mentionLines(mentioned);
    const write = (how: TextStyle, limit: Limit, line: string) =>
      line + composeText(notification, context, how, { ...limit, max: limit.max - measure(line, limit.unit) });
    return {
      txnId: context.deliveryId,
      content: {
        msgtype: "m.text",
        body: write(PLAIN, limits.body, names.plain ? `${names.plain}\n` : ""),
        format: "org.matrix.custom.html",
        formatted_body: write(style, limits.formattedBody, names.html ? `${names.html}<br>` : ""),
        "m.mentions": mentioned.length > 0 ? { user_ids: mentioned } : {},
        ...(notification.status === "resolved" && previous
          ? {
              "m.relates_to": {
                rel_type: "m.thread",
                event_id: previous.first,
                is_falling_back: true,
                "m.in_reply_to": { event_id: previous.last },
              },
            }
          : {}),
      },
    };
  },

  async send({ txnId, content }, account, io): Promise<SendResult> {
    const device = `BELFRY${createHash("sha256").update(txnId).digest("hex").slice(0, 16).toUpperCase()}`;
    const session = await MatrixSession.open(account, device, io);
    if (!(session instanceof MatrixSession)) return session;
    const outcome = await writeIn(session, account.roomId, txnId, content);
    // Without a known answer the device must stay: the homeserver forgets the transaction with it.
    const isKnown = outcome.kind !== "retry" || outcome.status !== undefined;
    if (!account.accessToken && isKnown) await session.close();
    return outcome;
  },

  parts: ({ content }) => ({
    body: [content.body],
    formattedBody: [content.formatted_body],
    content: [JSON.stringify(content)],
  }),

  preview: ({ content }) => ({
    kind: "chat",
    format: "html",
    // In HTML a line break is a space, except inside a log.
    text: withoutBreaks(content.formatted_body),
    facts: [
      ...mentionFacts(content["m.mentions"].user_ids ?? []),
      ...(content["m.relates_to"] ? [{ label: "Answers", value: "the problem's message, in a thread" }] : []),
    ],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const room = url && /^\/_matrix\/client\/(?:v3|r0)\/rooms\/([^/]+)(?:\/|$)/.exec(url.pathname)?.[1];
    if (!url || !room || !/^https?:$/.test(url.protocol)) return null;
    const accessToken = url.searchParams.get("access_token");
    return { serverUrl: url.origin, roomId: decodePart(room), ...(accessToken ? { accessToken } : {}) };
  },

  advise({ status, reason }) {
    if (/M_UNKNOWN_TOKEN|M_MISSING_TOKEN/.test(reason))
      return "The homeserver does not know this access token: the session it belongs to was signed out. Sign in again, copy the new token, and close the window without signing out.";
    if (/M_USER_DEACTIVATED/.test(reason))
      return "The account was permanently closed. Create another one and invite it to the room.";
    if (/M_FORBIDDEN/.test(reason) && /password|login/i.test(reason))
      return "The homeserver does not accept this user with this password.";
    if (/M_FORBIDDEN/.test(reason))
      return "The account may not send messages in this room. Invite it, and let it send messages under Room settings → Roles & Permissions.";
    if (/M_NOT_FOUND/.test(reason)) return "The homeserver knows no room by this id or alias. Check it in the channel.";
    if (/M_TOO_LARGE/.test(reason))
      return "The message was too large for the homeserver. Leave out the log, or set a smaller limit for it.";
    if (status === 429)
      return "The homeserver accepts no more messages from this account at the moment. Belfry waits as long as it asks; nothing is lost.";
    return undefined;
  },
});

/** Without the line breaks of a text in HTML, but with those of the logs in it. */
function withoutBreaks(html: string): string {
  const [before = "", ...logs] = html.split("<pre>");
  const parts = logs.map((part) => {
    const [log = "", ...rest] = part.split("</pre>");
    return `<pre>${log}</pre>${rest.join("</pre>").replaceAll("\n", "")}`;
  });
  return before.replaceAll("\n", "") + parts.join("");
}

async function writeIn(
  session: MatrixSession,
  idOrAlias: string,
  txnId: string,
  content: Content,
): Promise<SendResult> {
  const name = await session.completeAlias(idOrAlias);
  if (typeof name !== "string") return name;
  const room = await session.roomOf(name);
  if (typeof room !== "string") return room;
  const outcome = await session.write(room, name, txnId, content);
  // When the problem's message was removed, or the room takes no threads, the recovery is sent on its own.
  if (content["m.relates_to"] && outcome.kind === "rejected" && outcome.status !== undefined) {
    const { "m.relates_to": _, ...alone } = content;
    return session.write(room, name, `${txnId}.alone`, alone);
  }
  return outcome;
}
