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

const HEADING = /^(#{1,6}) (\S.*)$/;
const ITEM = /^(?:[-*]|(\d+)\.) (\S.*)$/;
const ROW = /^\|(.*)\|\s*$/;
const FENCE = /^```/;

/**
 * The blocks of a page of the documentation: headings, paragraphs, flat lists, tables and fenced code. Pictures and
 * comments are left out; markup of other kinds stays text, so that no page can bring any.
 */
export function parseMarkdown(source: string): Block[] {
  const lines = cutBetween(source, "<!--", "-->").split("\n");
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

const MARKS = /[`![<*]/g;

/** Code, links, strong and emphasised text of a line. */
export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let done = 0;
  for (const { index } of text.matchAll(MARKS)) {
    const mark = index < done ? null : readMark(text, index);
    if (!mark) continue;
    push(parts, text.slice(done, index));
    if (mark.part) parts.push(mark.part);
    done = mark.end;
  }
  push(parts, text.slice(done));
  return parts;
}

/** What begins at a mark, and where it ends; null: the mark is text. A picture has no part. */
function readMark(text: string, at: number): { part: Inline | null; end: number } | null {
  if (text[at] === "!") {
    const picture = text[at + 1] === "[" ? readLink(text, at + 1) : null;
    return picture && { part: null, end: picture.end };
  }
  if (text[at] === "[") return readLink(text, at);
  if (text[at] === "<") {
    const href = text.startsWith("http", at + 1) ? between(text, at + 1, ">") : null;
    if (href === null) return null;
    return { part: { kind: "link", href, parts: [{ kind: "text", text: href }] }, end: at + href.length + 2 };
  }
  if (text[at] === "`") {
    const code = between(text, at + 1, "`");
    return code === null ? null : { part: { kind: "code", text: code }, end: at + code.length + 2 };
  }
  const mark = text.startsWith("**", at) ? "**" : "*";
  const inner = between(text, at + mark.length, mark);
  if (!inner || inner.startsWith(" ")) return null;
  const kind = mark === "**" ? "strong" : "emphasis";
  return { part: { kind, parts: parseInline(inner) }, end: at + inner.length + 2 * mark.length };
}

/** `[label](address)` */
function readLink(text: string, at: number): { part: Inline; end: number } | null {
  const label = between(text, at + 1, "](");
  const start = at + (label?.length ?? 0) + 3;
  const href = label === null ? null : between(text, start, ")");
  if (label === null || href === null || href.includes(" ")) return null;
  return { part: { kind: "link", href, parts: parseInline(label) }, end: start + href.length + 1 };
}

/** What stands before the next mark; null without one, or where that is nothing. */
function between(text: string, from: number, mark: string): string | null {
  const end = text.indexOf(mark, from);
  return end > from ? text.slice(from, end) : null;
}

/** A text without what stands between two marks, and without these. */
export function cutBetween(text: string, open: string, close: string): string {
  const kept: string[] = [];
  for (let from = 0; ; ) {
    const start = text.indexOf(open, from);
    const end = start < 0 ? -1 : text.indexOf(close, start + open.length);
    if (end < 0) return kept.join("") + text.slice(from);
    kept.push(text.slice(from, start));
    from = end + close.length;
  }
}

function push(parts: Inline[], text: string): void {
  if (text.trim() !== "" || (text !== "" && parts.length > 0)) parts.push({ kind: "text", text });
}
