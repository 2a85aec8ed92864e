import type { Opts } from "@grammyjs/types";
import type { KnownBlock, MessageAttachment } from "@slack/types";
import type {
  RESTPatchAPIWebhookWithTokenMessageJSONBody,
  RESTPostAPIWebhookWithTokenJSONBody,
} from "discord-api-types/v10";

/** The bodies of requests by the types that a service, or its community from the service's pages, publishes. */
export interface Published {
  discordPost: RESTPostAPIWebhookWithTokenJSONBody;
  discordEdit: RESTPatchAPIWebhookWithTokenMessageJSONBody;
  telegramMessage: Opts<never>["sendMessage"];
  slackMessage: SlackMessageBody;
}

/** The part of https://docs.slack.dev/reference/methods/chat.postMessage around blocks and attachments. */
interface SlackMessageBody {
  channel?: string;
  thread_ts?: string;
  reply_broadcast?: boolean;
  text: string;
  blocks: KnownBlock[];
  attachments: MessageAttachment[];
  username?: string;
  icon_emoji?: string;
  unfurl_links: boolean;
  unfurl_media: boolean;
}
