/**
 * Splits typed or pasted text into items: one per line; addresses also by comma, semicolon and space.
 * Blanks and duplicates are left out.
 */
export function addItems(items: readonly string[], text: string): string[] {
  const found = text
    .split(/\r?\n/)
    .flatMap((line) => (line.includes("@") ? line.split(/[,;]\s*|(?<=@\S+)\s+/) : [line]))
    .map((item) => item.trim())
    .filter(Boolean);
  return [...new Set([...items, ...found])];
}
