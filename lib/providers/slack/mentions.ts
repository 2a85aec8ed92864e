import type { MentionFormat } from "../contract";

/**
 * A person, a group, or all in the channel where somebody chose that by name:
 * https://docs.slack.dev/messaging/formatting-message-text#advanced
 */
const MENTION = /^<(@[UW][A-Z0-9]{2,20}|!subteam\^S[A-Z0-9]{2,20}|!here|!channel)(?:\|[^<>|]*)?>$/;

/** As Slack reads it, without a label. */
export const slackMentions: MentionFormat<string> = {
  example: "<!subteam^S0123456789>",
  hint: "A user group as <!subteam^ID>, a person as <@ID>; <!here> and <!channel> alert the whole channel. A person's ID: profile → … → Copy member ID",
  refusal:
    "Slack mentions a user group as <!subteam^S…>, a person as <@U…>, and a whole channel as <!here> or <!channel>.",
  read(text) {
    const name = MENTION.exec(text.trim())?.[1];
    return name ? `<${name}>` : null;
  },
};
