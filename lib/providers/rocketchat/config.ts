import { z } from "zod";
import { field } from "../contract";
import { isLocalHost } from "../kit/egress";

/** https://docs.rocket.chat/docs/integrations: the integration's id and its token. */
const HOOK_PATH = /\/hooks\/\w+(\/\w+)?\/[\w%-]+\/?$/;

/** There are two ways to a room; exactly one must be filled in. */
export const rocketchatConfig = () =>
  z
    .object({
      webhookUrl: field(z.string().trim().superRefine(checkWebhookUrl).optional(), {
        label: "Webhook URL",
        help: "In Rocket.Chat: Administration → Workspace → Integrations → New → Incoming. Leave empty when you sign in with a user",
        placeholder: "https://chat.example.org/hooks/…",
        secret: true,
        sentTo: "itself",
      }),
      serverUrl: field(z.string().trim().superRefine(checkServerUrl).optional(), {
        label: "Server URL",
        help: "Instead of a webhook: the address of the server, where Belfry signs in as a user for each message",
        placeholder: "https://chat.example.org",
      }),
      user: field(z.string().trim().optional(), {
        label: "User",
        help: "Name or mail address, without two-factor sign-in",
      }),
      password: field(z.string().optional(), { label: "Password", secret: true, sentTo: ["serverUrl"] }),
      channel: field(z.string().trim().max(120, "At most 120 characters.").optional(), {
        label: "Channel",
        help: "#channel, @user or a room's ID. A webhook has its channel already, and accepts another one only if that is allowed",
        placeholder: "#backups",
      }),
    })
    .superRefine(checkWay);

interface Ways {
  webhookUrl?: string;
  serverUrl?: string;
  user?: string;
  password?: string;
  channel?: string;
}

function checkWay(config: Ways, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  const { webhookUrl, serverUrl, user, password, channel } = config;
  if (webhookUrl) {
    if (serverUrl || user || password)
      refuse("webhookUrl", "Use either a webhook URL or a user: empty the fields of one of them.");
    return;
  }
  if (!serverUrl && !user && !password) {
    refuse("webhookUrl", "Enter a webhook URL, or a server with user, password and channel.");
    return;
  }
  if (!serverUrl) refuse("serverUrl", "Enter the server's address.");
  if (!user) refuse("user", "Enter the user that sends the messages.");
  if (!password) refuse("password", "Enter the user's password.");
  if (!channel) refuse("channel", "Enter the channel for the messages.");
}

function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  if (text) checkAddress(text, context, HOOK_PATH, "A Rocket.Chat webhook URL ends in /hooks/ID/TOKEN.");
}

function checkServerUrl(text: string, context: z.RefinementCtx): void {
  if (!text) return;
  checkAddress(text, context, /^(?!.*\/(hooks|api)\/)/, "Enter the server's address only, without /hooks/ or /api/.");
}

/** Unencrypted only inside private networks. */
function checkAddress(text: string, context: z.RefinementCtx, path: RegExp, words: string): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter the complete address, starting with https://.");
  else if (!path.test(url.pathname)) refuse(words);
  else if (url.protocol === "http:" && !isLocalHost(url.hostname)) refuse("Use https:// here.");
}
