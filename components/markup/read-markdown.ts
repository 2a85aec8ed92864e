import { isAddress, joinText, type MarkupNode } from "./markup-node";
import { type InlineRules, readBareAddress, readCode, readFences, readInline } from "./read-inline";

const inline: InlineRules = {
  delimiters: [
    { sign: "**", style: "bold", atWordEdge: false },
    { sign: "__", style: "underline", atWordEdge: true },
    { sign: "~~", style: "strike", atWordEdge: false },
    { sign: "*", style: "italic", atWordEdge: false },
    { sign: "_", style: "italic", atWordEdge: true },
  ],
  escapes: true,
  special: (text, at) => readCode(text, at) ?? readAngle(text, at) ?? readLink(text, at) ?? readBareAddress(text, at),
};

/** No links inside the label of a link. */
const label: InlineRules = { ...inline, special: readCode };

/** Parses Markdown as chats support it: bold, italic, underline, strike, code, fences, links, quotes, headings and lists. */
export function readMarkdown(text: string): MarkupNode[] {
  return readFences(text, (part) => (part ? readLines(part) : []));
}

/** Parses lines with a prefix, and runs of ordinary lines between them. */
function readLines(text: string): MarkupNode[] {
  const nodes: MarkupNode[] = [];
  let run: string[] = [];
  let isFirst = true;
  const add = (...more: MarkupNode[]) => {
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
  return joinText(nodes);
}

/** `<https://…>`, and Discord timestamps, shown in the zone of the viewer. */
function readAngle(text: string, at: number): { node: MarkupNode; length: number } | null {
  if (text[at] !== "<") return null;
  const [whole, inner = ""] = /^<([^<>\s]{1,2048})>/.exec(text.slice(at, at + 2_050)) ?? [];
  if (!whole) return null;
  const [, seconds] = /^t:(-?\d{1,11})(?::[tTdDfFR])?$/.exec(inner) ?? [];
  if (seconds) return { node: { kind: "time", at: Number(seconds) * 1000 }, length: whole.length };
  if (!isAddress(inner)) return null;
  return { node: { kind: "link", url: inner, children: [{ kind: "text", text: inner }] }, length: whole.length };
}

/** `[label](address)`. */
function readLink(text: string, at: number): { node: MarkupNode; length: number } | null {
  if (text[at] !== "[") return null;
  const [whole, labelText, target = ""] =
    /^\[((?:\\.|[^\\\]\n]){1,500})\]\(((?:\\.|[^\\()\s]){1,2048})\)/.exec(text.slice(at, at + 2_600)) ?? [];
  if (!whole || !labelText) return null;
  const url = target.replace(/\\([!-/:-@[-`{-~])/g, "$1");
  if (!isAddress(url)) return null;
  return { node: { kind: "link", url, children: readInline(labelText, label) }, length: whole.length };
}
