const RETURN_PATHS = ["/jobs/new", "/welcome"];

/** Where to return after creating something, when another form linked here. Allows known paths only. */
export function returnPath(next: string | undefined): string | undefined {
  return RETURN_PATHS.find((path) => path === next);
}
