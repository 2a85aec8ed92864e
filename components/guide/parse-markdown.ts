/** A piece of a line. */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "emphasis"; parts: Inline[] }
  | { kind: "link"; href: string; parts: Inline[] };

export type Block =
  | { kind: "heading"; level: number; parts: Inline[] }
  | { kind: "paragraph"; parts: Inline[] }
  | { kind: "list"; isOrdered: boolean; items: Inline[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "code"; text: string };

const HEADING = /^(#{1,6})\s+(.*)$/;
const ITEM = /^(?:[-*]|(\d+)\.)\s+(.*)$/;
const ROW = /^\|(.*)\|\s*$/;
const FENCE = /^```/;

/**
 * The blocks of a page of the documentation: headings, paragraphs, flat lists, tables and fenced code. Pictures and
 * comments are left out; markup of other kinds stays text, so that no page can bring any.
 */
export function parseMarkdown(source: string): Block[] {
  const lines = source.replace(/<!--[\s\S]*?-->/g, "").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const [block, taken] = line.trim() === "" ? [null, 1] : readBlock(lines, at);
    if (block) blocks.push(block);
    at += taken;
  }
  return blocks;
}

function readBlock(lines: readonly string[], at: number): [Block | null, number] {
  const line = lines[at] ?? "";
  const heading = HEADING.exec(line);
  if (heading) {
    return [{ kind: "heading", level: heading[1]?.length ?? 1, parts: parseInline(heading[2] ?? "") }, 1];
  }
  if (FENCE.test(line)) return readFence(lines, at);
  if (ROW.test(line)) return readTable(lines, at);
  if (ITEM.test(line)) return readList(lines, at);
  const taken = linesUntil(lines, at + 1, startsOther) + 1;
  const text = lines.slice(at, at + taken).join(" ");
  const parts = parseInline(text);
  return [parts.length > 0 ? { kind: "paragraph", parts } : null, taken];
}

function startsOther(line: string): boolean {
  return [HEADING, FENCE, ROW, ITEM].some((start) => start.test(line)) || line.trim() === "";
}

/** How many lines follow before one that ends the block. */
function linesUntil(lines: readonly string[], from: number, ends: (line: string) => boolean): number {
  const end = lines.findIndex((line, index) => index >= from && ends(line));
  return (end < 0 ? lines.length : end) - from;
}

function readFence(lines: readonly string[], at: number): [Block, number] {
  const taken = linesUntil(lines, at + 1, (line) => FENCE.test(line));
  return [{ kind: "code", text: lines.slice(at + 1, at + 1 + taken).join("\n") }, taken + 2];
}

function readTable(lines: readonly string[], at: number): [Block, number] {
  const taken = linesUntil(lines, at, (line) => !ROW.test(line));
  const rows = lines.slice(at, at + taken).map(cellsOf);
  const isRule = (row: readonly string[]) => row.every((cell) => /^:?-+:?$/.test(cell));
  const [head, ...others] = rows.filter((row) => !isRule(row)).map((row) => row.map(parseInline));
  return [{ kind: "table", head: head ?? [], rows: others }, taken];
}

/** A bar that a backslash precedes is text. */
function cellsOf(line: string): string[] {
  const inner = ROW.exec(line)?.[1] ?? "";
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function readList(lines: readonly string[], at: number): [Block, number] {
  const isOrdered = ITEM.exec(lines[at] ?? "")?.[1] !== undefined;
  const texts: string[] = [];
  let taken = 0;
  for (let line = lines[at]; line !== undefined; taken++, line = lines[at + taken]) {
    const item = ITEM.exec(line);
    if (item) texts.push(item[2] ?? "");
    else if (startsOther(line)) break;
    else texts.push(`${texts.pop()} ${line.trim()}`);
  }
  return [{ kind: "list", isOrdered, items: texts.map(parseInline) }, taken];
}

const INLINE =
  /`([^`]+)`|!\[[^\]]*\]\([^)]*\)|\[((?:[^\]`]|`[^`]*`)+)\]\(([^)\s]+)\)|<(https?:\/\/[^>\s]+)>|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*/g;

/** Code, links, strong and emphasised text of a line. */
export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let done = 0;
  for (const match of text.matchAll(INLINE)) {
    push(parts, text.slice(done, match.index));
    done = match.index + match[0].length;
    const [, code, label, href, address, strong, emphasis] = match;
    if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (label !== undefined && href !== undefined) parts.push({ kind: "link", href, parts: parseInline(label) });
    else if (address !== undefined)
      parts.push({ kind: "link", href: address, parts: [{ kind: "text", text: address }] });
    else if (strong !== undefined) parts.push({ kind: "strong", parts: parseInline(strong) });
    else if (emphasis !== undefined) parts.push({ kind: "emphasis", parts: parseInline(emphasis) });
  }
  push(parts, text.slice(done));
  return parts;
}

function push(parts: Inline[], text: string): void {
  if (text.trim() !== "" || (text !== "" && parts.length > 0)) parts.push({ kind: "text", text });
}
