import { Fragment, type ReactNode } from "react";
import { formatDateTime } from "@/components/format";
import type { Preview } from "@/lib/core/preview";
import { isAddress, type MarkupNode } from "./markup-node";
import { readHtml } from "./read-html";
import { readMarkdown } from "./read-markdown";
import { readMrkdwn } from "./read-mrkdwn";

type Format = NonNullable<Preview["format"]>;

const PARSERS: Record<Format, (text: string) => MarkupNode[]> = {
  plain: (text) => [{ kind: "text", text }],
  markdown: readMarkdown,
  mrkdwn: readMrkdwn,
  html: readHtml,
};

/** A text in the markup of its service, shown as that service shows it. Links are inert. */
export function MarkupText({ text, format = "plain", timezone }: { text: string; format?: Format; timezone: string }) {
  return <>{renderNodes(PARSERS[format](text), timezone)}</>;
}

function renderNodes(nodes: readonly MarkupNode[], timezone: string): ReactNode {
  return nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: nodes of a text have no id and keep no state
    <Fragment key={index}>{renderNode(node, timezone)}</Fragment>
  ));
}

function renderNode(node: MarkupNode, timezone: string): ReactNode {
  switch (node.kind) {
    case "text":
      return node.text;
    case "time":
      return formatDateTime(node.at, timezone);
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
          {renderNodes(node.children, timezone)}
        </span>
      );
    case "quote":
      return <span className="block border-line-strong border-l-2 pl-2">{renderNodes(node.children, timezone)}</span>;
    case "bold":
      return <strong className="font-semibold">{renderNodes(node.children, timezone)}</strong>;
    case "italic":
      return <em>{renderNodes(node.children, timezone)}</em>;
    case "underline":
      return <u>{renderNodes(node.children, timezone)}</u>;
    case "strike":
      return <s>{renderNodes(node.children, timezone)}</s>;
  }
}
