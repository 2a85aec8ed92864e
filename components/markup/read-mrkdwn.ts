import { isAddress, joinText, type MarkupNode } from "./markup-node";
import { type InlineRules, readCode, readFences, readInline } from "./read-inline";

/** Slack's markup; Google Chat uses the same subset. https://docs.slack.dev/messaging/formatting-message-text */
const inline: InlineRules = {
  delimiters: [
    { sign: "*", style: "bold", atWordEdge: true },
    { sign: "_", style: "italic", atWordEdge: true },
    { sign: "~", style: "strike", atWordEdge: true },
  ],
  escapes: false,
  special: (text, at) => decodeCode(readCode(text, at)) ?? readAngle(text, at) ?? readEntity(text, at),
};

export function readMrkdwn(text: string): MarkupNode[] {
  return readFences(text, (part) => (part ? readLines(part) : [])).map((node) =>
    node.kind === "block" ? { ...node, text: decodeEntities(node.text) } : node,
  );
}

function readLines(text: string): MarkupNode[] {
  const nodes: MarkupNode[] = [];
  text.split("\n").forEach((line, index) => {
    if (index > 0) nodes.push({ kind: "text", text: "\n" });
    const [, rest] = /^(?:&gt;|>) ?(.*)$/.exec(line) ?? [];
    if (rest === undefined) nodes.push(...readInline(line, inline));
    else nodes.push({ kind: "quote", children: readInline(rest, inline) });
  });
  return joinText(nodes);
}

/** `<address|label>`, `<address>`; mentions of people and channels are text. */
function readAngle(text: string, at: number): { node: MarkupNode; length: number } | null {
  if (text[at] !== "<") return null;
  const [whole, target = "", label] =
    /^<([^<>|\n]{1,2048})(?:\|([^<>\n]{1,1000}))?>/.exec(text.slice(at, at + 3_060)) ?? [];
  if (!whole) return null;
  const url = decodeEntities(target);
  const shownText = decodeEntities(label ?? (/^[@#!]/.test(url) ? url.replace(/^!/, "@") : url));
  if (!isAddress(url)) return { node: { kind: "text", text: shownText }, length: whole.length };
  return { node: { kind: "link", url, children: [{ kind: "text", text: shownText }] }, length: whole.length };
}

const ENTITY: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

function readEntity(text: string, at: number): { node: MarkupNode; length: number } | null {
  if (text[at] !== "&") return null;
  const [whole] = /^&(?:amp|lt|gt);/.exec(text.slice(at, at + 5)) ?? [];
  return whole ? { node: { kind: "text", text: ENTITY[whole] ?? whole }, length: whole.length } : null;
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITY[entity] ?? entity);
}

function decodeCode(read: { node: MarkupNode; length: number } | null): typeof read {
  return read?.node.kind === "code" ? { ...read, node: { kind: "code", text: decodeEntities(read.node.text) } } : read;
}
