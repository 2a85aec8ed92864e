/** The address's parameters as Next hands them to a page. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** One value per name; a name that stands twice or is empty counts as not given. */
export async function readSearch(searchParams: SearchParams): Promise<Record<string, string | undefined>> {
  const entries = Object.entries(await searchParams);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" && value ? value : undefined]),
  );
}

/** Of the values that a filter knows, the one in the address; anything else filters nothing. */
export function oneOf<T extends string>(known: readonly T[], value: string | undefined): T | undefined {
  return known.find((one) => one === value);
}
