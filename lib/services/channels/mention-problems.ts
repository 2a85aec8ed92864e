import { OUTCOMES, type TextSet } from "@/lib/core/delivery";
import { AppError } from "@/lib/core/errors";
import type { Provider } from "@/lib/providers/contract";
import { providerOf } from "@/lib/providers/registry";

type MentionedTexts = { mentions?: string[] | null; outcomes?: TextSet["outcomes"] | null };

/**
 * Mentions that the channel's service does not take, each with a sentence.
 * @param path prefix of the field names: `texts`, `notifications[0]`
 * @returns by field, such as `texts.outcomes.failure.mentions[0]`
 */
export function mentionProblems(
  provider: Provider | undefined,
  texts: MentionedTexts | null | undefined,
  path: string,
): Record<string, string> {
  const fields: Record<string, string> = {};
  const format = provider?.messageOptions.mentions ?? null;
  const check = (mentions: string[] | null | undefined, field: string) => {
    if (!mentions?.length || !provider) return;
    if (!format) {
      fields[`${field}.mentions`] = `${provider.label} has no mentions: leave this empty.`;
      return;
    }
    mentions.forEach((mention, index) => {
      if (format.read(mention) === null) fields[`${field}.mentions[${index}]`] = format.refusal;
    });
  };
  check(texts?.mentions, path);
  for (const outcome of OUTCOMES) check(texts?.outcomes?.[outcome]?.mentions, `${path}.outcomes.${outcome}`);
  return fields;
}

/** @throws AppError `invalid` beside each mention in a channel's texts that its service does not take */
export function assertMentions(provider: Provider, texts: TextSet | null | undefined): void {
  const fields = mentionProblems(provider, texts, "texts");
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

/** The same for rules, each by the service of its channel; of an unknown channel nothing is said here. */
export function ruleMentionProblems(
  rules: readonly (MentionedTexts & { channelId: string })[],
  channels: ReadonlyMap<string, { provider: string }>,
): Record<string, string> {
  const found = rules.map((rule, index) =>
    mentionProblems(providerOf(channels.get(rule.channelId)?.provider ?? ""), rule, `notifications[${index}]`),
  );
  return Object.assign({}, ...found);
}
