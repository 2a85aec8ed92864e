import { trimEndSigns } from "@/lib/core/trim-signs";
import { joinText, type MarkupNode, type MarkupStyle } from "./markup-node";

/** A delimiter and its style. */
export interface Delimiter {
  sign: string;
  style: MarkupStyle;
  /** Applies at word edges only, so that `snake_case` stays as it is. */
  atWordEdge: boolean;
}

export interface InlineRules {
  /** Longer delimiters before shorter ones. */
  delimiters: readonly Delimiter[];
  /** A backslash escapes the character after it. */
  escapes: boolean;
  /** Parses what starts here and is not a delimiter: a link, code. */
  special(text: string, at: number): { node: MarkupNode; length: number } | null;
}

interface Frame {
  delimiter: Delimiter | null;
  nodes: MarkupNode[];
}

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const WORD = /[\p{L}\p{N}]/u;

/** Parses styles inside lines. Each delimiter can be open once, which bounds the nesting; an unclosed one is text. */
export function readInline(text: string, rules: InlineRules): MarkupNode[] {
  const root: Frame = { delimiter: null, nodes: [] };
  const open: Frame[] = [root];
  let plain = "";
  const top = () => open.at(-1) ?? root;
  const flush = () => {
    if (plain) top().nodes.push({ kind: "text", text: plain });
    plain = "";
  };
  /** Frames above the one at `index` were never closed: their delimiter is text. */
  const flattenAbove = (index: number) => {
    while (open.length - 1 > index) {
      const frame = open.pop();
      top().nodes.push({ kind: "text", text: frame?.delimiter?.sign ?? "" }, ...(frame?.nodes ?? []));
    }
  };
  let at = 0;
  while (at < text.length) {
    const next = text[at + 1] ?? "";
    if (rules.escapes && text[at] === "\\" && PUNCTUATION.test(next)) {
      plain += next;
      at += 2;
      continue;
    }
    const special = rules.special(text, at);
    if (special) {
      flush();
      top().nodes.push(special.node);
      at += special.length;
      continue;
    }
    const delimiter = rules.delimiters.find(({ sign }) => text.startsWith(sign, at));
    if (!delimiter) {
      plain += text[at];
      at++;
      continue;
    }
    const { sign, style, atWordEdge } = delimiter;
    const before = text[at - 1] ?? " ";
    const after = text[at + sign.length] ?? " ";
    const index = open.findIndex((frame) => frame.delimiter === delimiter);
    if (index > 0 && /\S/.test(before) && !(atWordEdge && WORD.test(after))) {
      flush();
      flattenAbove(index);
      const frame = open.pop();
      top().nodes.push({ kind: style, children: joinText(frame?.nodes ?? []) });
    } else if (index < 0 && /\S/.test(after) && !(atWordEdge && WORD.test(before))) {
      flush();
      open.push({ delimiter, nodes: [] });
    } else plain += sign;
    at += sign.length;
  }
  flush();
  flattenAbove(0);
  return joinText(root.nodes);
}

/** Code between two equal runs of backticks. */
export function readCode(text: string, at: number): { node: MarkupNode; length: number } | null {
  if (text[at] !== "`" || text[at - 1] === "`") return null;
  let run = 1;
  while (text[at + run] === "`" && run < 3) run++;
  const end = text.slice(at + run, at + run + 4_000).indexOf("`".repeat(run));
  if (end < 1) return null;
  return { node: { kind: "code", text: text.slice(at + run, at + run + end) }, length: end + 2 * run };
}

/** A bare address in the text. */
export function readBareAddress(text: string, at: number): { node: MarkupNode; length: number } | null {
  if (text[at] !== "h" || !/^https?:\/\//.test(text.slice(at, at + 8))) return null;
  const [whole = ""] = /^[^\s<>"|]*/.exec(text.slice(at, at + 2_048)) ?? [];
  const url = trimEndSigns(whole, ".,;:!?)]*_~`");
  return { node: { kind: "link", url, children: [{ kind: "text", text: url }] }, length: url.length };
}

/** Splits a text at its fences into code blocks and the parts between them. */
export function readFences(text: string, read: (part: string) => MarkupNode[]): MarkupNode[] {
  const nodes: MarkupNode[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf("```", at);
    const end = start < 0 ? -1 : text.indexOf("```", start + 3);
    if (end < 0) break;
    nodes.push(...read(text.slice(at, start).replace(/\n$/, "")));
    const body = text.slice(start + 3, end).replace(/^[\w+-]*\n/, "");
    nodes.push({ kind: "block", text: body.replace(/\n$/, "") });
    at = end + 3;
    if (text[at] === "\n") at++;
  }
  return joinText([...nodes, ...read(text.slice(at))]);
}
