import { ChevronLeft, ChevronRight } from "lucide-react";
import { LinkButton } from "./link-button";

interface Props {
  nextCursor: string | null;
  /** Cursor of this page; none on the first. */
  cursor?: string;
  /** Other parameters of the address, kept by both links. */
  params?: Record<string, string | undefined>;
  label?: string;
  /** The list begins with the newest; otherwise pages are only first and next. */
  newestFirst?: boolean;
}

/** Links to the next page and back to the first. Keyset pages stay fast with any number of rows. */
export function Pager({ nextCursor, cursor, params = {}, label = "Pages", newestFirst = false }: Props) {
  if (!nextCursor && !cursor) return null;
  return (
    <nav aria-label={label} className="flex items-center justify-end gap-2">
      {cursor && (
        <LinkButton
          href={buildAddress(params)}
          size="sm"
          icon={<ChevronLeft aria-hidden="true" className="size-3.5" />}
        >
          {newestFirst ? "Newest" : "First page"}
        </LinkButton>
      )}
      {nextCursor && (
        <LinkButton href={buildAddress({ ...params, cursor: nextCursor })} size="sm">
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
