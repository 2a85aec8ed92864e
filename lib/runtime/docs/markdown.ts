/** Text that cannot break a table: no line ends, no bars. */
export function cell(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join(" ")
    .replaceAll("|", "\\|");
}

/** A table of finished cells. */
export function markdownTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

const begin = (name: string) => `<!-- made by npm run docs: ${name} -->`;
const end = (name: string) => `<!-- end: ${name} -->`;

/** The two marks of that name, with nothing between them yet. */
export function emptyPart(name: string): string {
  return `${begin(name)}\n${end(name)}`;
}

/**
 * Replaces the text between a page's two marks of that name.
 * @throws Error when the page has no such marks
 */
export function between(page: string, name: string, text: string): string {
  const from = page.indexOf(begin(name));
  const to = page.indexOf(end(name));
  if (from < 0 || to < from) throw new Error(`The page has no place for ${begin(name)} … ${end(name)}`);
  return `${page.slice(0, from)}${begin(name)}\n\n${text}\n\n${page.slice(to)}`;
}

/** The page with marks of that name: where they are, or as the first thing below a heading. */
export function withSection(page: string, name: string, heading: string): string {
  if (page.includes(begin(name))) return page;
  return page.replace(`\n## ${heading}\n`, (found) => `${found}\n${emptyPart(name)}\n`);
}
