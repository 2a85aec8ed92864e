import { Fragment, type ReactNode } from "react";
import { dateTimeText } from "@/components/format";
import type { Preview } from "@/lib/core/preview";
import { isAddress, type MarkNode } from "./mark-node";
import { readHtml } from "./read-html";
import { readMarkdown } from "./read-markdown";
import { readMrkdwn } from "./read-mrkdwn";

type Format = NonNullable<Preview["format"]>;

const READERS: Record<Format, (text: string) => MarkNode[]> = {
  plain: (text) => [{ kind: "text", text }],
  markdown: readMarkdown,
  mrkdwn: readMrkdwn,
  html: readHtml,
};

/** A text in the markup of its service, drawn as that service draws it. Links lead nowhere: it is a picture. */
export function MarkedText({ text, format = "plain", timezone }: { text: string; format?: Format; timezone: string }) {
  return <>{drawAll(READERS[format](text), timezone)}</>;
}

function drawAll(nodes: readonly MarkNode[], timezone: string): ReactNode {
  return nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text have no other name, and keep no state
    <Fragment key={index}>{draw(node, timezone)}</Fragment>
  ));
}

function draw(node: MarkNode, timezone: string): ReactNode {
  switch (node.kind) {
    case "text":
      return node.text;
    case "time":
      return dateTimeText(node.at, timezone);
    case "code":
      return <code className="rounded-xs bg-hover px-1 font-mono text-xs">{node.text}</code>;
    case "block":
      return (
        <code className="my-1 block whitespace-pre-wrap rounded-sm border border-line bg-bg px-2 py-1.5 font-mono text-xs">
          {node.text}
        </code>
      );
    case "link":
      return (
        <span className="underline" title={isAddress(node.url) ? node.url : undefined}>
          {drawAll(node.children, timezone)}
        </span>
      );
    case "quote":
      return <span className="block border-line-strong border-l-2 pl-2">{drawAll(node.children, timezone)}</span>;
    case "bold":
      return <strong className="font-semibold">{drawAll(node.children, timezone)}</strong>;
    case "italic":
      return <em>{drawAll(node.children, timezone)}</em>;
    case "underline":
      return <u>{drawAll(node.children, timezone)}</u>;
    case "strike":
      return <s>{drawAll(node.children, timezone)}</s>;
  }
}
