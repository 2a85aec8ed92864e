import { z } from "zod";
import { defineProvider, field } from "./contract";
import { classify } from "./kit/classify";
import { composeText, type TextStyle } from "./kit/compose";
import { isLocalHost } from "./kit/egress";

/** https://developer.webex.com/docs/api/v1/messages/create-a-message: counted in bytes. */
const limits = { markdown: { max: 7439, unit: "bytes" } } as const;

const WEBEX_HOSTS = new Set(["webexapis.com", "api.ciscospark.com", "api-usgov.webex.com"]);
const HOOK_PATH = /^\/v1\/webhooks\/incoming\/[\w-]{8,}\/?$/;

const SIGNS = /(https?:\/\/[\w\-.~:/?#@!$&'+,;=%]+)|([\\`*_[\]#|~])|(&)|(<)|(>)|(\n)/g;
const LINE_START = /^([ \t]*)([+-]|\d+(?=[.)]))/gm;

/** Webex's markdown, after https://developer.webex.com/docs/basics#formatting-messages: a line ends with two blanks. */
const MARKDOWN: TextStyle = {
  encode: escapeMarkdown,
  title: (title) => `**${title}**`,
  fact: (name, value) => `- **${name}:** ${value}`,
  link: (label, url) => `[${label}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`,
  footer: (footer) => `_${footer}_`,
  log: (text) => `\`\`\`\n${text}\n\`\`\``,
  encodeLog: (text) => text.replaceAll("```", "`\u200b`\u200b`"),
};

interface Payload {
  markdown: string;
}

/** Webex: one message by an incoming webhook. */
export const webex = defineProvider({
  id: "webex",
  label: "Webex",
  docsUrl: "https://apphub.webex.com/applications/incoming-webhooks-cisco-systems-38054-23307-75252",
  purpose: "message",
  limits,
  concurrency: 2,
  foldAbove: 20,
  config: () =>
    z.object({
      webhookUrl: field(z.string().trim().min(1, "Enter the webhook URL.").superRefine(checkWebhookUrl), {
        label: "Webhook URL",
        help: "From the Webex App Hub: Incoming Webhooks → Connect → name and space → Add",
        placeholder: "https://webexapis.com/v1/webhooks/incoming/…",
        secret: true,
      }),
    }),
  example: {
    webhookUrl: "https://webexapis.com/v1/webhooks/incoming/Y2lzY29zcGFyazovL3VzL1dFQkhPT0svZXhhbXBsZQ",
  },

  render: (notification, _config, context): Payload => ({
    markdown: composeText(notification, context, MARKDOWN, limits.markdown),
  }),

  async send(payload, { webhookUrl }, io) {
    const headers = { "content-type": "application/json" };
    const outcome = classify(
      await io.http.request({ url: webhookUrl, method: "POST", headers, body: JSON.stringify(payload) }),
    );
    return outcome.kind === "rejected" && outcome.status === 404 ? { ...outcome, kind: "gone" } : outcome;
  },

  parts: ({ markdown }) => ({ markdown: [markdown] }),

  preview: ({ markdown }) => ({ kind: "chat", format: "markdown", from: "Incoming webhook", text: markdown }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !WEBEX_HOSTS.has(url.hostname) || !HOOK_PATH.test(url.pathname)) return null;
    return { webhookUrl: url.origin + url.pathname };
  },

  advise({ status }) {
    if (status === 404)
      return "Webex does not know this webhook: it was deleted, or the URL is incomplete. Create one in the Webex App Hub under Incoming Webhooks and paste its URL here.";
    if (status === 401 || status === 403)
      return "Webex does not accept this webhook any more. Whoever created it may have left the space: create a new one in the Webex App Hub.";
    if (status === 400) return "Webex found the message invalid; its words say why.";
    if (status === 429)
      return "Webex takes no more messages at the moment. Belfry waits as long as Webex asks; nothing is lost.";
    return undefined;
  },
});

/** Text that Webex shows as it is; addresses stay whole, and nobody is mentioned. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(SIGNS, (_whole, address?: string, sign?: string, and?: string, less?: string, more?: string) => {
      if (address) return address;
      if (sign) return `\\${sign}`;
      if (and) return "&amp;";
      if (less) return "&lt;";
      return more ? "&gt;" : "  \n";
    })
    .replace(LINE_START, (_, blanks: string, sign: string) =>
      sign === "+" || sign === "-" ? `${blanks}\\${sign}` : `${blanks}${sign}\\`,
    );
}

/** Webex's own hosts, or another host (a proxy) with the same path. Unencrypted only inside private networks. */
function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter the whole webhook URL, from https:// on.");
  else if (!HOOK_PATH.test(url.pathname)) refuse("A Webex webhook URL ends in /v1/webhooks/incoming/ and its token.");
  else if (url.protocol === "http:" && (WEBEX_HOSTS.has(url.hostname) || !isLocalHost(url.hostname)))
    refuse("Use https:// here.");
}
