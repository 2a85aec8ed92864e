import { z } from "zod";
import { field } from "../contract";
import { isLocalHost } from "../kit/egress";

export const SLACK_API = "https://slack.com/api";

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; `hooks.slack-gov.com` is GovSlack. */
export const SLACK_WEBHOOK =
  /^https:\/\/hooks\.slack(-gov)?\.com\/(services\/\w+\/\w+\/\w+|workflows\/[\w/]+|triggers\/[\w/]+)\/?$/;

/** There are two ways to a channel; exactly one must be filled in. */
export const slackConfig = () =>
  z
    .object({
      webhookUrl: field(z.string().trim().superRefine(checkWebhookUrl).optional(), {
        label: "Webhook URL",
        help: "In Slack: your app → Incoming Webhooks → Add New Webhook. Leave empty when you use a bot token",
        placeholder: "https://hooks.slack.com/services/…",
        secret: true,
        sentTo: "itself",
      }),
      botToken: field(z.string().trim().superRefine(checkToken).optional(), {
        label: "Bot token",
        help: "Instead of a webhook: a recovery then answers in the problem's thread. Your app → OAuth & Permissions, scope chat:write",
        placeholder: "xoxb-…",
        secret: true,
        sentTo: ["apiBaseUrl"],
      }),
      channel: field(z.string().trim().max(80, "At most 80 characters.").optional(), {
        label: "Channel",
        help: "With a bot token: the channel's ID or #name. With a webhook: another channel than its own; webhooks of newer apps ignore it",
        placeholder: "C0123456789",
      }),
      username: field(z.string().trim().max(80, "At most 80 characters.").optional(), {
        label: "Username",
        help: "Sender name of the messages. With a bot token it needs the scope chat:write.customize; webhooks of newer apps ignore it",
        advanced: true,
      }),
      iconEmoji: field(
        z
          .union([
            z.literal(""),
            z
              .string()
              .trim()
              .regex(/^:[^\s:]+:(:skin-tone-\d:)?$/, "An emoji looks like :floppy_disk:."),
          ])
          .optional(),
        { label: "Icon emoji", placeholder: ":floppy_disk:", advanced: true },
      ),
      apiBaseUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        {
          label: "API base URL",
          help: "For bot tokens only: set it for GovSlack (https://slack-gov.com/api) or a proxy",
          placeholder: SLACK_API,
          advanced: true,
        },
      ),
    })
    .superRefine(checkWay);

function checkWay(
  config: { webhookUrl?: string; botToken?: string; channel?: string },
  context: z.RefinementCtx,
): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (config.webhookUrl && config.botToken) {
    refuse("botToken", "Use either a webhook URL or a bot token: remove one of them.");
  } else if (config.botToken && !config.channel) {
    refuse("channel", "Enter the channel that the bot writes to.");
  } else if (!config.webhookUrl && !config.botToken) {
    refuse("webhookUrl", "Enter a webhook URL, or a bot token and a channel.");
  }
}

/** Slack's own hosts, or another host (a proxy). Unencrypted only inside private networks. */
function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  if (!text) return;
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    refuse("Enter the complete webhook URL, starting with https://.");
    return;
  }
  if (/(^|\.)slack(-gov)?\.com$/.test(url.hostname)) {
    if (!SLACK_WEBHOOK.test(`https://${url.host}${url.pathname}`))
      refuse("A Slack webhook URL looks like https://hooks.slack.com/services/T…/B…/….");
    else if (/^\/(workflows|triggers)\//.test(url.pathname))
      refuse("This URL starts a Slack workflow, which accepts no messages. Create an incoming webhook instead.");
    else if (url.protocol === "http:") refuse("Use https:// here.");
    return;
  }
  if (url.pathname.length < 2) refuse("This address has no path: a webhook URL ends in its token.");
  else if (url.protocol === "http:" && !isLocalHost(url.hostname)) refuse("Use https:// here.");
}

function checkToken(text: string, context: z.RefinementCtx): void {
  if (!text || /^xox[bep]-[\w-]{6,}$|^xoxe\.xox[bp]-[\w-]+$/.test(text)) return;
  const message = text.startsWith("xapp-")
    ? "This is an app-level token. Take the Bot User OAuth Token, which begins with xoxb-."
    : "A bot token begins with xoxb-.";
  context.addIssue({ code: "custom", message });
}
