interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Reads all items of a list page by page, at most `max`. */
export async function listAll<T>(
  read: (page: { cursor?: string; limit: number }) => Promise<Page<T>>,
  max = 10_000,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ ...(cursor && { cursor }), limit: Math.min(200, max - items.length) });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor && items.length < max);
  return items;
}
