import { ChevronLeft, ChevronRight } from "lucide-react";
import { LinkButton } from "./link-button";

interface Props {
  nextCursor: string | null;
  /** The cursor of this page; none: it is the first. */
  cursor?: string;
  /** The other parameters of the address, which both links keep. */
  params?: Record<string, string | undefined>;
  label?: string;
}

/** Onward by cursor and back to the newest: pages by key stay fast however many rows there are. */
export function Pager({ nextCursor, cursor, params = {}, label = "Pages" }: Props) {
  if (!nextCursor && !cursor) return null;
  return (
    <nav aria-label={label} className="flex items-center justify-end gap-2">
      {cursor && (
        <LinkButton href={addressOf(params)} size="sm" icon={<ChevronLeft aria-hidden="true" className="size-3.5" />}>
          Newest
        </LinkButton>
      )}
      {nextCursor && (
        <LinkButton href={addressOf({ ...params, cursor: nextCursor })} size="sm">
          Older
          <ChevronRight aria-hidden="true" className="size-3.5" />
        </LinkButton>
      )}
    </nav>
  );
}

function addressOf(params: Record<string, string | undefined>): string {
  const kept = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `?${new URLSearchParams(kept)}`;
}
