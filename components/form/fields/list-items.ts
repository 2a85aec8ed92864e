/**
 * Splits typed or pasted text into items: one per line; addresses also by comma, semicolon and space.
 * Blanks and duplicates are left out.
 */
export function addItems(items: readonly string[], text: string): string[] {
  const found = text
    .split(/\r?\n/)
    .flatMap((line) => (line.includes("@") ? line.split(/[,;]/).flatMap(addressesIn) : [line]))
    .map((item) => item.trim())
    .filter(Boolean);
  return [...new Set([...items, ...found])];
}

/** An address ends at the next space; what stands before it, such as a name, belongs to it. */
function addressesIn(text: string): string[] {
  const items: string[] = [];
  const words: string[] = [];
  for (const word of text.split(/\s+/)) {
    words.push(word);
    if (/@./.test(word)) items.push(words.splice(0).join(" "));
  }
  return [...items, words.join(" ")];
}
