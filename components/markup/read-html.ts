import { isAddress, joinText, MAX_NESTING, type MarkupNode, type MarkupStyle, plainTextOf } from "./markup-node";

/** What Telegram and Pushover understand of HTML. https://core.telegram.org/bots/api#html-style https://pushover.net/api#html */
const STYLES: Record<string, MarkupStyle | "quote"> = {
  b: "bold",
  strong: "bold",
  h1: "bold",
  h2: "bold",
  h3: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strike",
  strike: "strike",
  del: "strike",
  blockquote: "quote",
};
/** Known tags without a style. */
const UNSTYLED = new Set(["span", "font", "p", "div", "ul", "ol", "li", "tg-spoiler"]);
const KNOWN = new Set([...Object.keys(STYLES), ...UNSTYLED, "code", "pre", "a", "br"]);
const LONGEST_TAG = 4_096;

interface Frame {
  name: string;
  url: string;
  nodes: MarkupNode[];
}

/** A small tokenizer: tags that these services do not know stay text, and nothing is ever passed to a browser as HTML. */
export function readHtml(text: string): MarkupNode[] {
  const root: Frame = { name: "", url: "", nodes: [] };
  const open: Frame[] = [root];
  const add = (node: MarkupNode) => (open.at(-1) ?? root).nodes.push(node);
  const close = () => {
    const frame = open.pop();
    if (frame) for (const node of nodesOf(frame)) add(node);
  };
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf("<", at);
    if (start < 0) break;
    add({ kind: "text", text: decodeEntities(text.slice(at, start)) });
    const tag = readTag(text, start);
    if (!tag) {
      add({ kind: "text", text: "<" });
      at = start + 1;
      continue;
    }
    at = start + tag.length;
    if (tag.name === "br" || (tag.isEnd && (tag.name === "p" || tag.name === "div"))) add({ kind: "text", text: "\n" });
    if (tag.name === "li" && !tag.isEnd) add({ kind: "text", text: "\n• " });
    if (tag.name === "br" || UNSTYLED.has(tag.name)) continue;
    if (!tag.isEnd) {
      if (open.length <= MAX_NESTING) open.push({ name: tag.name, url: tag.url, nodes: [] });
      continue;
    }
    const index = open.findLastIndex(({ name }) => name === tag.name);
    if (index > 0) while (open.length > index) close();
  }
  add({ kind: "text", text: decodeEntities(text.slice(at)) });
  while (open.length > 1) close();
  return joinText(root.nodes);
}

function nodesOf({ name, url, nodes }: Frame): MarkupNode[] {
  const children = joinText(nodes);
  if (name === "code") return [{ kind: "code", text: plainTextOf(children) }];
  if (name === "pre") return [{ kind: "block", text: plainTextOf(children).replace(/\n$/, "") }];
  if (name === "a") return isAddress(url) ? [{ kind: "link", url, children }] : children;
  const style = Object.hasOwn(STYLES, name) ? STYLES[name] : undefined;
  return style ? [{ kind: style, children }] : children;
}

function readTag(text: string, at: number): { name: string; isEnd: boolean; url: string; length: number } | null {
  const end = text.slice(at, at + LONGEST_TAG).indexOf(">");
  if (end < 0) return null;
  const inside = text.slice(at + 1, at + end);
  const [head, slash = "", written = ""] = /^(\/?)([a-z][a-z0-9-]*)/i.exec(inside) ?? [];
  const name = written.toLowerCase();
  if (head === undefined || !KNOWN.has(name) || /^[^\s/]/.test(inside.slice(head.length))) return null;
  const [, double, single] = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(inside) ?? [];
  return { name, isEnd: slash === "/", url: decodeEntities(double ?? single ?? ""), length: end + 1 };
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, (whole, decimal, hex, name) => {
    if (name) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}
