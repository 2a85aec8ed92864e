import { type DiscordServer, startDiscordServer } from "@/e2e/support/discord-server";
import type { ServiceForForms } from "./service";

const ID = "1190000000000000007";
const TOKEN = "formTokenOfSixtyEightCharactersMoreOrLess-0123456789_abcdefghijklmno";

export const forForms: ServiceForForms<DiscordServer> = {
  provider: "discord",
  async start() {
    const server = await startDiscordServer();
    server.webhookUrl(ID, TOKEN);
    return server;
  },
  config: (url) => ({ webhookUrl: `${url}/api/webhooks/${ID}/${TOKEN}`, username: "Night shift", silent: true }),
  secretField: "webhookUrl",
  texts: ({ messages }) => messages.map(({ embeds }) => embeds.map(({ title }) => title ?? "").join("\n")),
  refusal: "Invalid Webhook Token",
};
