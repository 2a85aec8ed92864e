import type { MentionFormat } from "../contract";

/** One role or person. */
export interface DiscordMention {
  kind: "role" | "user";
  id: string;
  /** As Discord reads it. */
  written: string;
}

/** https://discord.com/developers/docs/reference#message-formatting-formats */
export const discordMentions: MentionFormat<DiscordMention> = {
  example: "<@&123456789012345678>",
  hint: "A role as <@&ID>, a person as <@ID>. Discord shows the ID with Developer Mode on: right-click, Copy ID",
  refusal:
    "Discord mentions a role as <@&ID> and a person as <@ID>, with their numbers; everybody cannot be mentioned.",
  read(text) {
    const [, sign, id = ""] = /^<@([&!]?)(\d{5,20})>$/.exec(text.trim()) ?? [];
    if (!id) return null;
    return sign === "&" ? { kind: "role", id, written: `<@&${id}>` } : { kind: "user", id, written: `<@${id}>` };
  },
};
