/** A service as the picker shows it. */
export interface PickableProvider {
  id: string;
  label: string;
  tagline: string;
  aliases: readonly string[];
  purpose: "message" | "monitor";
  icon: { path: string };
}

/**
 * Services that match a search: every word must be a prefix of a word of the label, the id or an alias.
 * Label matches come first; otherwise the order is kept.
 */
export function findProviders(providers: readonly PickableProvider[], query: string): PickableProvider[] {
  const words = splitWords(query);
  if (words.length === 0) return [...providers];
  const matches = (texts: readonly string[]) => {
    const candidates = texts.flatMap(splitWords);
    // Users also write names without the separators, or with other ones: "rocketchat", "pager duty".
    const compact = texts.map((text) => splitWords(text).join(""));
    return (
      words.every((word) => candidates.some((candidate) => candidate.startsWith(word))) ||
      compact.some((name) => name.startsWith(words.join("")))
    );
  };
  const byLabel = providers.filter((provider) => matches([provider.label, provider.id]));
  const byAlias = providers.filter(
    (provider) => !byLabel.includes(provider) && matches([provider.label, provider.id, ...provider.aliases]),
  );
  return [...byLabel, ...byAlias];
}

function splitWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
