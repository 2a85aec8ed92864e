import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import { LinkButton } from "./link-button";
import { type PagePlace, pageSteps } from "./page-trail";

interface Props extends PagePlace {
  nextCursor: string | null;
  /** Other parameters of the address, kept by all links. */
  params?: Record<string, string | undefined>;
  label?: string;
  /** The list begins with the newest. */
  newestFirst?: boolean;
}

/** Links to the page before, to the next, and back to the first. Keyset pages stay fast with any number of rows. */
export function Pager({ nextCursor, cursor, before, params = {}, label = "Pages", newestFirst = false }: Props) {
  if (!nextCursor && !cursor) return null;
  const { number, previous, next } = pageSteps({ cursor, before }, nextCursor);
  const leadsToFirst = previous !== null && !previous.cursor;
  const addressOf = (place: PagePlace) => buildAddress({ ...params, ...place });
  return (
    <nav aria-label={label} className="flex flex-wrap items-center justify-end gap-2">
      {number !== null && <span className="mr-1 text-muted text-sm tabular-nums">Page {number}</span>}
      {cursor && !leadsToFirst && (
        <LinkButton href={addressOf({})} size="sm" icon={<ChevronsLeft aria-hidden="true" className="size-3.5" />}>
          {newestFirst ? "Newest" : "First page"}
        </LinkButton>
      )}
      {previous && (
        <LinkButton href={addressOf(previous)} size="sm" icon={<ChevronLeft aria-hidden="true" className="size-3.5" />}>
          {newestFirst ? "Newer" : "Previous page"}
        </LinkButton>
      )}
      {next && (
        <LinkButton href={addressOf(next)} size="sm">
          {newestFirst ? "Older" : "Next page"}
          <ChevronRight aria-hidden="true" className="size-3.5" />
        </LinkButton>
      )}
    </nav>
  );
}

function buildAddress(params: Record<string, string | undefined>): string {
  const kept = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `?${new URLSearchParams(kept)}`;
}
