/** Stands for the first page in a trail, which has no cursor. */
const FIRST = "first";

/** So many pages are gone back one by one; an address must not grow without an end. */
const MOST = 40;

const CURSOR = /^[\w.:-]{1,120}$/;

/** The place of a page in its list, as parameters of the address. */
export interface PagePlace {
  /** Cursor of the page; none on the first. */
  cursor?: string;
  /** The pages that led to it, the first of them in front, with commas between. */
  before?: string;
}

/** Where the links of a page lead. */
export interface PageSteps {
  /** The number of this page, if the trail reaches back to the first one. */
  number: number | null;
  /** The page that led here; null on the first page, and where the address does not say. */
  previous: PagePlace | null;
  next: PagePlace | null;
}

/**
 * Finds the pages before and after one of a list that is paged by key. A cursor leads forward only, so the address carries those of
 * the pages that were seen: it holds after a reload, and in a bookmark.
 */
export function pageSteps({ cursor, before }: PagePlace, nextCursor: string | null): PageSteps {
  const trail = cursor ? readTrail(before) : [];
  const last = trail.at(-1);
  return {
    number: cursor ? (trail[0] === FIRST ? trail.length + 1 : null) : 1,
    previous: last === undefined ? null : placeOf(last, trail.slice(0, -1)),
    next: nextCursor === null ? null : placeOf(nextCursor, cursor ? [...trail, cursor] : [FIRST]),
  };
}

/** A trail that anything else was written into is none. */
function readTrail(before = ""): string[] {
  const trail = before.split(",");
  return trail.every((one) => CURSOR.test(one)) ? trail.slice(-MOST) : [];
}

function placeOf(cursor: string, trail: readonly string[]): PagePlace {
  if (cursor === FIRST) return {};
  return { cursor, before: trail.slice(-MOST).join(",") || undefined };
}
