import { z } from "zod";
import { type AnswerRules, defineProvider, field } from "./contract";
import { classify } from "./kit/classify";
import { composeText, type TextStyle } from "./kit/compose";
import { isLocalHost } from "./kit/egress";
import { brandMark } from "./kit/icon";
import { objectIn } from "./kit/json-body";

/** https://developer.webex.com/docs/api/v1/messages/create-a-message: counted in bytes. */
const limits = { markdown: { max: 7439, unit: "bytes" } } as const;

const WEBEX_HOSTS = new Set(["webexapis.com", "api.ciscospark.com", "api-usgov.webex.com"]);
const HOOK_PATH = /^\/v1\/webhooks\/incoming\/[\w-]{8,}\/?$/;

const SIGNS = /(https?:\/\/[\w\-.~:/?#@!$&'+,;=%]+)|([\\`*_[\]#|~])|(&)|(<)|(>)|(\n)/g;
const LINE_START = /^([ \t]*)([+-]|\d+(?=[.)]))/gm;

/** Webex's markdown, after https://developer.webex.com/docs/basics#formatting-messages: a line ends with two spaces. */
const MARKDOWN: TextStyle = {
  encode: escapeWebexMarkdown,
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

/**
 * An incoming webhook answers 204; an API in its place answers with the message. Every error of Webex has a tracking id:
 * https://developer.webex.com/docs/api/basics#api-errors
 */
const answers: AnswerRules = {
  service: "Webex",
  proof: {
    expected: "with 204, or with the message's id",
    holds: ({ status, body }) => (status === 204 && !body) || typeof objectIn(body)?.id === "string",
  },
  isOwn: ({ body }) => typeof objectIn(body)?.trackingId === "string",
  isGone: ({ status }) => status === 404 || status === 410,
  // "Locked" means that the resource is temporarily unavailable.
  isLater: ({ status }) => status === 423,
  address: "A webhook's address looks like https://webexapis.com/v1/webhooks/incoming/….",
};

/** Webex: one message through an incoming webhook. */
export const webex = defineProvider({
  id: "webex",
  label: "Webex",
  tagline: "To a space",
  aliases: ["Cisco", "chat"],
  icon: brandMark(
    "M21.78 7.376c.512 1.181.032 2.644-1.11 3.106-2.157.888-3-1.295-3-1.295-.236-.55-.727-1.496-1.335-1.496-.204 0-.503 0-.94.844-.229.443-.434 1.185-.616 1.84l-.09.32c-.373-1.587-.821-3.454-1.536-4.816-.195-.38-.42-.74-.673-1.08a5.135 5.135 0 0 1 1.743-1.337 4.891 4.891 0 0 1 2.112-.463c1.045 0 2.765.338 4.227 2.227.167.206.317.424.448.654.278.441.52.904.726 1.383l.043.113zM.02 8.4C-.15 7.105.8 5.845 1.953 5.755c1.794-.157 2.36 1.385 2.455 1.89l.022.137c.07.44.29 1.838.48 2.744.078.4.244 1.013.353 1.416l.006.022.026.092c.11.4.232.799.362 1.193.185.548.399 1.085.641 1.61.47.955.93 1.45 1.367 1.45.203 0 .512 0 .96-.878.283-.59.512-1.208.684-1.845.373 1.598.811 3.128 1.495 4.456.205.406.444.794.715 1.16a5.124 5.124 0 0 1-1.742 1.338 4.88 4.88 0 0 1-2.112.461c-1.548 0-3.727-.698-5.339-4.005a22.407 22.407 0 0 1-1.078-2.824 26.848 26.848 0 0 1-.693-2.656 48.56 48.56 0 0 1-.215-1.114C.191 9.603.074 8.872.02 8.4zm22.047-2.645-.202-.022h-.052c.222.392.421.797.597 1.215l.053.113c.322.76.346 1.614.068 2.391a3.079 3.079 0 0 1-1.552 1.749 2.93 2.93 0 0 1-1.228.28 3.115 3.115 0 0 1-.854-.135c-.299 1.182-.768 2.634-1.195 3.511-.427.877-.93 1.451-1.378 1.451-.192 0-.501 0-.95-.877a10.746 10.746 0 0 1-.683-1.845 38.722 38.722 0 0 1-.396-1.575 12.67 12.67 0 0 1-.136-.598l-.002-.01c-.406-1.778-.865-3.645-1.655-5.142A8.263 8.263 0 0 0 11.52 4.8a5.136 5.136 0 0 0-1.748-1.34A4.892 4.892 0 0 0 7.654 3c-1.036 0-2.754.338-4.217 2.228.466.223.867.562 1.164.984.305.433.499.933.565 1.458.076.563.256 1.654.47 2.688l.001.007c.021.11.042.221.073.342.126-.34.25-.642.38-.955l.112-.271.128-.293c.235-.55.726-1.496 1.324-1.496.213 0 .513 0 .95.844.296.606.532 1.239.706 1.89.138.507.276 1.047.394 1.587.04.148.07.296.101.444l.006.028c.427 1.879.875 3.69 1.644 5.187.159.317.34.622.545.911.15.215.31.422.48.62 1.27 1.45 2.733 1.8 3.843 1.8 1.548 0 3.738-.698 5.35-4.006.822-1.7 1.515-4.208 1.772-5.48.256-1.27.449-2.419.534-3.115.04-.307.023-.618-.051-.918-.075-.299-.205-.579-.382-.825a2.247 2.247 0 0 0-.653-.607 2.143 2.143 0 0 0-.826-.296z",
  ),
  docsUrl: "https://apphub.webex.com/applications/incoming-webhooks-cisco-systems-38054-23307-75252",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
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
        sentTo: "itself",
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
    const body = JSON.stringify(payload);
    return classify(await io.http.request({ url: webhookUrl, method: "POST", headers, body }), answers);
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
      return "Webex no longer accepts this webhook. The person who created it may have left the space: create a new one in the Webex App Hub.";
    if (status === 400) return "Webex found the message invalid; its answer says why.";
    if (status === 429)
      return "Webex accepts no more messages at the moment. Belfry waits as long as Webex asks; nothing is lost.";
    return undefined;
  },
});

/** Text that Webex shows literally; addresses stay whole, and nobody is mentioned. */
export function escapeWebexMarkdown(text: string): string {
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
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter the complete webhook URL, starting with https://.");
  else if (!HOOK_PATH.test(url.pathname)) refuse("A Webex webhook URL ends in /v1/webhooks/incoming/ and its token.");
  else if (url.protocol === "http:" && (WEBEX_HOSTS.has(url.hostname) || !isLocalHost(url.hostname)))
    refuse("Use https:// here.");
}
