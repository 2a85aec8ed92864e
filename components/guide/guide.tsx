import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/link-button";
import { NarrowFold } from "@/components/ui/narrow-fold";
import { Panel } from "@/components/ui/panel";

import { guideSections } from "./guide-sections";
import type { Block, Inline } from "./parse-markdown";

interface Props {
  /** Of the service: `Discord`. */
  label: string;
  /** Markdown of the documentation's page. */
  source: string;
  /** The service's own page. */
  docsUrl: string;
}

/** The page of the documentation about a service, beside its form; on narrow screens it is folded. */
export function Guide({ label, source, docsUrl }: Props) {
  const { intro, sections } = guideSections(source);
  return (
    <Panel padded={false}>
      <NarrowFold title={`${label} guide`}>
        <div className="flex flex-col gap-2 px-4 pb-3 text-muted text-sm [overflow-wrap:anywhere]">
          <Blocks blocks={intro} />
          <p>
            <a href={docsUrl} target="_blank" rel="noreferrer" className="underline underline-offset-3 hover:text-ink">
              {label} documentation
            </a>
          </p>
        </div>
        {sections.map(({ title, blocks }, index) => (
          <details key={title} open={index === 0} className="group border-line border-t">
            <summary className="flex min-h-10 cursor-pointer list-none items-center gap-1.5 px-4 py-2 font-medium text-sm [&::-webkit-details-marker]:hidden">
              <ChevronRight
                aria-hidden="true"
                className="size-3.5 shrink-0 text-faint transition-transform group-open:rotate-90"
              />
              {title}
            </summary>
            <div className="flex flex-col gap-2.5 px-4 pb-4 text-muted text-sm [overflow-wrap:anywhere]">
              <Blocks blocks={blocks} />
            </div>
          </details>
        ))}
      </NarrowFold>
    </Panel>
  );
}

/* Parts of a text that never changes: their place is what they are known by. */
function keyed<T>(
  items: readonly T[],
  draw: (item: T) => ReactNode,
  Tag: "li" | "th" | "td" | "tr" | "div",
  className?: string,
) {
  return items.map((item, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change
    <Tag key={place} className={className}>
      {draw(item)}
    </Tag>
  ));
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return keyed(blocks, (block) => <OneBlock block={block} />, "div", "min-w-0");
}

function OneBlock({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading":
      return (
        <h3 className="font-medium text-ink">
          <Line parts={block.parts} />
        </h3>
      );
    case "paragraph":
      return (
        <p>
          <Line parts={block.parts} />
        </p>
      );
    case "list": {
      const Tag = block.isOrdered ? "ol" : "ul";
      return (
        <Tag className={`flex flex-col gap-1.5 pl-5 ${block.isOrdered ? "list-decimal" : "list-disc"}`}>
          {keyed(
            block.items,
            (parts) => (
              <Line parts={parts} />
            ),
            "li",
          )}
        </Tag>
      );
    }
    case "table":
      return <GuideTable {...block} />;
    case "code":
      return <pre className="whitespace-pre-wrap rounded-md bg-hover p-3 font-mono text-ink text-xs">{block.text}</pre>;
  }
}

function GuideTable({ head, rows }: Extract<Block, { kind: "table" }>) {
  const hasHead = head.some((cell) => cell.length > 0);
  const cell = (parts: readonly Inline[]) => <Line parts={parts} />;
  return (
    <table className="w-full text-left text-xs">
      {hasHead && (
        <thead>
          <tr className="border-line-strong border-b">{keyed(head, cell, "th", "py-1.5 pr-3 font-medium text-ink")}</tr>
        </thead>
      )}
      <tbody>
        {keyed(
          rows,
          (row) => keyed(row, cell, "td", "py-1.5 pr-3 align-top last:pr-0"),
          "tr",
          "border-line border-b last:border-b-0",
        )}
      </tbody>
    </table>
  );
}

function Line({ parts }: { parts: readonly Inline[] }): ReactNode {
  return parts.map((part, place) => {
    const key = `${place} ${part.kind}`;
    if (part.kind === "text") return part.text;
    if (part.kind === "code") {
      return (
        <code key={key} className="whitespace-pre-wrap rounded-sm bg-hover px-1 font-mono text-ink text-xs">
          {part.text}
        </code>
      );
    }
    if (part.kind === "link") return <GuideLink key={key} href={part.href} parts={part.parts} />;
    const Tag = part.kind === "strong" ? "strong" : "em";
    return (
      <Tag key={key} className="font-medium text-ink not-italic">
        <Line parts={part.parts} />
      </Tag>
    );
  });
}

/** To another guide: the form of that service. Other relative addresses lead nowhere here. */
function GuideLink({ href, parts }: { href: string; parts: readonly Inline[] }) {
  const other = /^([a-z0-9-]+)\.md(#.*)?$/.exec(href)?.[1];
  if (other) {
    return (
      <TextLink href={`/channels/new?provider=${other}`}>
        <Line parts={parts} />
      </TextLink>
    );
  }
  if (!href.startsWith("https://")) return <Line parts={parts} />;
  return (
    <a href={href} target="_blank" rel="noreferrer" className="underline underline-offset-3 hover:text-ink">
      <Line parts={parts} />
    </a>
  );
}
