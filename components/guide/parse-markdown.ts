import { lexer, type MarkedToken, type Token, type Tokens } from "marked";

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

/**
 * The blocks of a page of the documentation, as what the console draws: headings, paragraphs, flat lists, tables and code.
 * Pictures and comments are left out; other markup stays text, so that no page can bring any.
 */
export function parseMarkdown(source: string): Block[] {
  return lexer(source).flatMap((token) => blockOf(token as MarkedToken));
}

function blockOf(token: MarkedToken): Block[] {
  switch (token.type) {
    case "heading":
      return [{ kind: "heading", level: token.depth, parts: partsOf(token) }];
    case "paragraph": {
      const parts = partsOf(token);
      return parts.length > 0 ? [{ kind: "paragraph", parts }] : [];
    }
    case "list":
      return [{ kind: "list", isOrdered: token.ordered, items: token.items.map(partsOf) }];
    case "table":
      return [{ kind: "table", head: token.header.map(partsOf), rows: token.rows.map((row) => row.map(partsOf)) }];
    case "code":
      return [{ kind: "code", text: token.text }];
    case "html":
      return isComment(token.text) ? [] : [{ kind: "paragraph", parts: textOf(token.text) }];
    case "space":
    case "hr":
      return [];
    default:
      return "tokens" in token && token.tokens ? [{ kind: "paragraph", parts: partsOf(token) }] : [];
  }
}

/** Lines that follow one another are one text; what stands around them belongs to no part. */
function partsOf({ tokens = [] }: { tokens?: Token[] }): Inline[] {
  return tokens.flatMap((token) => inlineOf(token as MarkedToken)).reduce<Inline[]>(joinTexts, []);
}

function inlineOf(token: MarkedToken): Inline[] {
  switch (token.type) {
    case "codespan":
    case "code":
      return [{ kind: "code", text: token.text }];
    case "strong":
      return [{ kind: "strong", parts: partsOf(token) }];
    case "em":
      return [{ kind: "emphasis", parts: partsOf(token) }];
    case "link":
      return [{ kind: "link", href: token.href, parts: partsOf(token) }];
    case "escape":
      return textOf(token.text);
    case "br":
      return textOf(" ");
    case "image":
    case "checkbox":
      return [];
    case "html":
      return isComment(token.text) ? [] : textOf(token.text);
    default:
      // The text of an item is a block of its own; other blocks in an item are drawn in its line.
      return "tokens" in token && token.tokens ? partsOf(token as Tokens.Generic) : textOf(token.raw);
  }
}

const isComment = (html: string) => html.trimStart().startsWith("<!--");

function textOf(text: string): Inline[] {
  return [{ kind: "text", text: text.replaceAll("\n", " ") }];
}

function joinTexts(parts: Inline[], part: Inline): Inline[] {
  const last = parts.at(-1);
  if (part.kind !== "text") return [...parts, part];
  if (last?.kind === "text") return [...parts.slice(0, -1), { kind: "text", text: last.text + part.text }];
  return part.text.trim() === "" && parts.length === 0 ? parts : [...parts, part];
}
