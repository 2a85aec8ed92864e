import { z } from "zod";
import { field } from "../contract";
import { isLocalHost } from "../kit/egress";

const DISCORD_HOSTS = new Set(["discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com"]);
const WEBHOOK_PATH = /^\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+\/?$/;

export const discordConfig = () =>
  z.object({
    webhookUrl: field(z.string().trim().min(1, "Enter the webhook URL.").superRefine(checkWebhookUrl), {
      label: "Webhook URL",
      help: "In Discord: Server Settings → Integrations → Webhooks → Copy Webhook URL",
      placeholder: "https://discord.com/api/webhooks/…",
      secret: true,
      sentTo: "itself",
    }),
    username: field(
      z
        .string()
        .trim()
        .max(80, "At most 80 characters.")
        .refine(isAllowedName, "Discord refuses names that contain “discord” or “clyde”.")
        .default("Backup Manager"),
      {
        label: "Username",
        help: "Sender name of the messages",
      },
    ),
    avatarUrl: field(
      z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
      {
        label: "Avatar URL",
        placeholder: "https://…",
        advanced: true,
      },
    ),
    threadId: field(
      z
        .union([
          z.literal(""),
          z
            .string()
            .trim()
            .regex(/^\d{5,25}$/, "A thread id is a number of 17 to 20 digits."),
        ])
        .optional(),
      {
        label: "Thread ID",
        help: "Posts into this thread of the webhook's channel",
        advanced: true,
      },
    ),
    onRecovery: field(z.enum(["edit", "new"]).default("edit"), {
      label: "On recovery",
      help: "Discord sends no push notification for an edit",
      widget: "select",
      optionLabels: { edit: "Edit the problem's message", new: "Send a new message" },
      advanced: true,
    }),
    silent: field(z.boolean().default(false), {
      label: "Silent",
      help: "Members see the message but get no push notification",
      widget: "switch",
      advanced: true,
    }),
  });

/** A webhook URL of Discord itself, as people paste it. @returns form values, or null for any other text */
export function readDiscordUrl(text: string): Record<string, unknown> | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !DISCORD_HOSTS.has(url.hostname) || !WEBHOOK_PATH.test(url.pathname)) return null;
  const threadId = url.searchParams.get("thread_id");
  return { webhookUrl: url.origin + url.pathname, ...(threadId ? { threadId } : {}) };
}

/** Links of Discord that are no webhook: to a server, a channel or a message, an invitation, half a webhook URL. */
export function explainDiscordLink({ hostname, pathname }: URL): string | null {
  const where = "In Discord: Server Settings → Integrations → Webhooks → Copy Webhook URL.";
  if (hostname === "discord.gg" || (DISCORD_HOSTS.has(hostname) && pathname.startsWith("/invite/")))
    return `This is an invitation to a Discord server, and not a webhook. ${where}`;
  if (!DISCORD_HOSTS.has(hostname) || WEBHOOK_PATH.test(pathname)) return null;
  if (/^\/api(\/v\d+)?\/webhooks/.test(pathname))
    return `This Discord webhook URL is incomplete: it ends in /api/webhooks/ID/TOKEN. ${where}`;
  return `This is a link to a page of Discord, and not a webhook. ${where}`;
}

/** Discord's own rule for webhook names: https://discord.com/developers/docs/resources/user#usernames-and-nicknames */
function isAllowedName(name: string): boolean {
  return !/discord|clyde/i.test(name) && !/^(everyone|here)$/i.test(name);
}

/** Discord's own hosts, or another host (a proxy) with the same path. Unencrypted only inside private networks. */
function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    refuse("Enter the complete webhook URL, starting with https://.");
    return;
  }
  const isDiscord = DISCORD_HOSTS.has(url.hostname);
  const shape = isDiscord ? WEBHOOK_PATH : /\/api(\/v\d+)?\/webhooks\/[\w-]+\/[\w-]+\/?$/;
  if (/\/(slack|github)\/?$/.test(url.pathname)) {
    refuse("Remove /slack or /github from the end.");
    return;
  }
  if (!shape.test(url.pathname)) {
    refuse("A Discord webhook URL ends in /api/webhooks/ID/TOKEN.");
    return;
  }
  if (url.protocol === "http:" && (isDiscord || !isLocalHost(url.hostname))) refuse("Use https://.");
}
