/** What the picker shows of a service. */
export interface PickableProvider {
  id: string;
  label: string;
  tagline: string;
  aliases: readonly string[];
  purpose: "message" | "monitor";
  icon: { path: string };
}

/**
 * Services that fit what is typed: each word must begin a word of the label, the id or an alias.
 * Those whose label fits stand first; otherwise the order stays.
 */
export function findProviders(providers: readonly PickableProvider[], sought: string): PickableProvider[] {
  const words = wordsOf(sought);
  if (words.length === 0) return [...providers];
  const fits = (texts: readonly string[]) => {
    const known = texts.flatMap(wordsOf);
    // What is written together by some is written apart by others: "rocketchat", "pager duty".
    const whole = texts.map((text) => wordsOf(text).join(""));
    return (
      words.every((word) => known.some((one) => one.startsWith(word))) ||
      whole.some((one) => one.startsWith(words.join("")))
    );
  };
  const byLabel = providers.filter((provider) => fits([provider.label, provider.id]));
  const byAlias = providers.filter(
    (provider) => !byLabel.includes(provider) && fits([provider.label, provider.id, ...provider.aliases]),
  );
  return [...byLabel, ...byAlias];
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
