import { isAddress, joined, type MarkNode } from "./mark-node";
import { type InlineRules, readCode, readFences, readInline } from "./read-inline";

/** Slack's own markup; Google Chat's is the same in what messages use. https://docs.slack.dev/messaging/formatting-message-text */
const inline: InlineRules = {
  delimiters: [
    { sign: "*", mark: "bold", atWordEdge: true },
    { sign: "_", mark: "italic", atWordEdge: true },
    { sign: "~", mark: "strike", atWordEdge: true },
  ],
  escapes: false,
  special: (text, at) => decodedNode(readCode(text, at)) ?? readAngle(text, at) ?? readEntity(text, at),
};

export function readMrkdwn(text: string): MarkNode[] {
  return readFences(text, (part) => (part ? readLines(part) : [])).map((node) =>
    node.kind === "block" ? { ...node, text: decoded(node.text) } : node,
  );
}

function readLines(text: string): MarkNode[] {
  const nodes: MarkNode[] = [];
  text.split("\n").forEach((line, index) => {
    if (index > 0) nodes.push({ kind: "text", text: "\n" });
    const [, rest] = /^(?:&gt;|>) ?(.*)$/.exec(line) ?? [];
    if (rest === undefined) nodes.push(...readInline(line, inline));
    else nodes.push({ kind: "quote", children: readInline(rest, inline) });
  });
  return joined(nodes);
}

/** `<address|label>`, `<address>`; people and channels stay words. */
function readAngle(text: string, at: number): { node: MarkNode; length: number } | null {
  if (text[at] !== "<") return null;
  const [whole, target = "", label] =
    /^<([^<>|\n]{1,2048})(?:\|([^<>\n]{1,1000}))?>/.exec(text.slice(at, at + 3_060)) ?? [];
  if (!whole) return null;
  const url = decoded(target);
  const words = decoded(label ?? (/^[@#!]/.test(url) ? url.replace(/^!/, "@") : url));
  if (!isAddress(url)) return { node: { kind: "text", text: words }, length: whole.length };
  return { node: { kind: "link", url, children: [{ kind: "text", text: words }] }, length: whole.length };
}

const ENTITY: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

function readEntity(text: string, at: number): { node: MarkNode; length: number } | null {
  if (text[at] !== "&") return null;
  const [whole] = /^&(?:amp|lt|gt);/.exec(text.slice(at, at + 5)) ?? [];
  return whole ? { node: { kind: "text", text: ENTITY[whole] ?? whole }, length: whole.length } : null;
}

function decoded(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITY[entity] ?? entity);
}

function decodedNode(read: { node: MarkNode; length: number } | null): typeof read {
  return read?.node.kind === "code" ? { ...read, node: { kind: "code", text: decoded(read.node.text) } } : read;
}
