const PLACES = ["/jobs/new", "/welcome"];

/** Where to go once something is made, when another form sent the person here; only places that do that. */
export function returnPath(next: string | undefined): string | undefined {
  return PLACES.find((place) => place === next);
}
