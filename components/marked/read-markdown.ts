import { isAddress, joined, type MarkNode } from "./mark-node";
import { type InlineRules, readBareAddress, readCode, readFences, readInline } from "./read-inline";

const inline: InlineRules = {
  delimiters: [
    { sign: "**", mark: "bold", atWordEdge: false },
    { sign: "__", mark: "underline", atWordEdge: true },
    { sign: "~~", mark: "strike", atWordEdge: false },
    { sign: "*", mark: "italic", atWordEdge: false },
    { sign: "_", mark: "italic", atWordEdge: true },
  ],
  escapes: true,
  special: (text, at) => readCode(text, at) ?? readAngle(text, at) ?? readLink(text, at) ?? readBareAddress(text, at),
};

/** Inside a label no further link begins. */
const label: InlineRules = { ...inline, special: readCode };

/** Markdown as chats understand it: bold, italic, underline, strike, code, fences, links, quotes, headings and lists. */
export function readMarkdown(text: string): MarkNode[] {
  return readFences(text, (part) => (part ? readLines(part) : []));
}

/** Lines with a meaning of their own, and runs of ordinary ones between them. */
function readLines(text: string): MarkNode[] {
  const nodes: MarkNode[] = [];
  let run: string[] = [];
  let isFirst = true;
  const add = (...more: MarkNode[]) => {
    if (!isFirst) nodes.push({ kind: "text", text: "\n" });
    isFirst = false;
    nodes.push(...more);
  };
  const flush = () => {
    if (run.length > 0) add(...readInline(run.join("\n"), inline));
    run = [];
  };
  for (const line of text.split("\n")) {
    const [, sign, rest] = /^(#{1,3} |-# |> |[-*] )(.*)$/.exec(line) ?? [];
    if (sign === undefined || rest === undefined) {
      run.push(line);
      continue;
    }
    flush();
    const inner = readInline(rest, inline);
    if (sign === "> ") add({ kind: "quote", children: inner });
    else if (sign === "-# ") add(...inner);
    else if (sign.startsWith("#")) add({ kind: "bold", children: inner });
    else add({ kind: "text", text: "• " }, ...inner);
  }
  flush();
  return joined(nodes);
}

/** `<https://…>`, and Discord's times, which it writes in the zone of whoever reads them. */
function readAngle(text: string, at: number): { node: MarkNode; length: number } | null {
  if (text[at] !== "<") return null;
  const [whole, inner = ""] = /^<([^<>\s]{1,2048})>/.exec(text.slice(at, at + 2_050)) ?? [];
  if (!whole) return null;
  const [, seconds] = /^t:(-?\d{1,11})(?::[tTdDfFR])?$/.exec(inner) ?? [];
  if (seconds) return { node: { kind: "time", at: Number(seconds) * 1000 }, length: whole.length };
  if (!isAddress(inner)) return null;
  return { node: { kind: "link", url: inner, children: [{ kind: "text", text: inner }] }, length: whole.length };
}

/** `[label](address)`. */
function readLink(text: string, at: number): { node: MarkNode; length: number } | null {
  if (text[at] !== "[") return null;
  const [whole, words, target = ""] =
    /^\[((?:\\.|[^\\\]\n]){1,500})\]\(((?:\\.|[^\\()\s]){1,2048})\)/.exec(text.slice(at, at + 2_600)) ?? [];
  if (!whole || !words) return null;
  const url = target.replace(/\\([!-/:-@[-`{-~])/g, "$1");
  if (!isAddress(url)) return null;
  return { node: { kind: "link", url, children: readInline(words, label) }, length: whole.length };
}
