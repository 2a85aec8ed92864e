/** Parameters of the address as Next passes them to a page. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** One value per name; a repeated or empty parameter counts as absent. */
export async function readSearch(searchParams: SearchParams): Promise<Record<string, string | undefined>> {
  const entries = Object.entries(await searchParams);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" && value ? value : undefined]),
  );
}

/** The value of a filter if it is one of `known`; undefined, which filters nothing, for anything else. */
export function parseFilter<T extends string>(known: readonly T[], value: string | undefined): T | undefined {
  return known.find((one) => one === value);
}
