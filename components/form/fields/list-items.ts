/**
 * Items out of what was typed or pasted: one a line; addresses also by comma, semicolon and space.
 * Blanks and those that are there already are left out.
 */
export function addItems(items: readonly string[], text: string): string[] {
  const found = text
    .split(/\r?\n/)
    .flatMap((line) => (line.includes("@") ? line.split(/[,;]\s*|(?<=@\S+)\s+/) : [line]))
    .map((item) => item.trim())
    .filter(Boolean);
  return [...new Set([...items, ...found])];
}
