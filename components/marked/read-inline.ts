import { joined, type Mark, type MarkNode } from "./mark-node";

/** What one sign means. */
export interface Delimiter {
  sign: string;
  mark: Mark;
  /** Means something at the edge of a word only, so that `snake_case` stays as it is. */
  atWordEdge: boolean;
}

export interface InlineRules {
  /** Longer signs before shorter ones. */
  delimiters: readonly Delimiter[];
  /** A backslash takes its meaning from the sign behind it. */
  escapes: boolean;
  /** Reads what begins here and is no delimiter: a link, a code. */
  special(text: string, at: number): { node: MarkNode; length: number } | null;
}

interface Frame {
  delimiter: Delimiter | null;
  nodes: MarkNode[];
}

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const WORD = /[\p{L}\p{N}]/u;

/** Reads marks inside lines. Each sign can be open once, so that nothing nests endlessly; what stays open is text. */
export function readInline(text: string, rules: InlineRules): MarkNode[] {
  const root: Frame = { delimiter: null, nodes: [] };
  const open: Frame[] = [root];
  let plain = "";
  const top = () => open.at(-1) ?? root;
  const flush = () => {
    if (plain) top().nodes.push({ kind: "text", text: plain });
    plain = "";
  };
  /** Frames above the one at `index` were never closed: their sign was text. */
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
    const { sign, mark, atWordEdge } = delimiter;
    const before = text[at - 1] ?? " ";
    const after = text[at + sign.length] ?? " ";
    const index = open.findIndex((frame) => frame.delimiter === delimiter);
    if (index > 0 && /\S/.test(before) && !(atWordEdge && WORD.test(after))) {
      flush();
      flattenAbove(index);
      const frame = open.pop();
      top().nodes.push({ kind: mark, children: joined(frame?.nodes ?? []) });
    } else if (index < 0 && /\S/.test(after) && !(atWordEdge && WORD.test(before))) {
      flush();
      open.push({ delimiter, nodes: [] });
    } else plain += sign;
    at += sign.length;
  }
  flush();
  flattenAbove(0);
  return joined(root.nodes);
}

/** A code between two like runs of backticks. */
export function readCode(text: string, at: number): { node: MarkNode; length: number } | null {
  if (text[at] !== "`" || text[at - 1] === "`") return null;
  let run = 1;
  while (text[at + run] === "`" && run < 3) run++;
  const end = text.slice(at + run, at + run + 4_000).indexOf("`".repeat(run));
  if (end < 1) return null;
  return { node: { kind: "code", text: text.slice(at + run, at + run + end) }, length: end + 2 * run };
}

/** An address that stands there as it is. */
export function readBareAddress(text: string, at: number): { node: MarkNode; length: number } | null {
  if (text[at] !== "h" || !/^https?:\/\//.test(text.slice(at, at + 8))) return null;
  const [whole = ""] = /^[^\s<>"|]*/.exec(text.slice(at, at + 2_048)) ?? [];
  const url = whole.replace(/[.,;:!?)\]*_~`]+$/, "");
  return { node: { kind: "link", url, children: [{ kind: "text", text: url }] }, length: url.length };
}

/** Parts a text at its fences: blocks of code, and what stands between them. */
export function readFences(text: string, read: (part: string) => MarkNode[]): MarkNode[] {
  const nodes: MarkNode[] = [];
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
  return joined([...nodes, ...read(text.slice(at))]);
}
