/** A value of a query without the segments at its end that are empty or `isTail`: `1/fail` → `1`. */
export function withoutTail(value: string, isTail: (segment: string) => boolean): string {
  const segments = value.split("/");
  while (segments.length > 1 && (segments.at(-1) === "" || isTail(segments.at(-1) ?? ""))) segments.pop();
  return segments.join("/");
}
