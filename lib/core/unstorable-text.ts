/** Something in an input that no schema describes: text that cannot be stored, or a value that is nested too deeply. */
export interface UnstorableText {
  path: (string | number)[];
  /** A sentence that says what is wrong. */
  message: string;
}

/** No input of Belfry is half as deep; what comes back out of JSON may be nested as deep as it is long. */
const MAX_DEPTH = 40;
/** As many as a person reads. */
const MAX_FOUND = 20;
const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Finds NUL, which PostgreSQL stores in no text, and halves of surrogate pairs, which are no text, in the values and names
 * of an input. Looks at each value once, without recursion.
 * @param value as JSON holds it; other objects are not looked into
 */
export function unstorableTexts(value: unknown): UnstorableText[] {
  const found: UnstorableText[] = [];
  const open: { value: object; path: (string | number)[] }[] = [];
  const look = (item: unknown, path: readonly (string | number)[], key?: string | number) => {
    if (typeof item === "string") {
      const problem = problemOf(item);
      if (problem) found.push({ path: pathTo(path, key), message: `This text holds ${problem}.` });
    } else if (typeof item === "object" && item !== null) open.push({ value: item, path: pathTo(path, key) });
  };
  look(value, []);
  for (let next = open.pop(); next && found.length < MAX_FOUND; next = open.pop()) {
    const { path } = next;
    if (path.length > MAX_DEPTH) return [{ path: [], message: `This is nested more than ${MAX_DEPTH} levels deep.` }];
    if (Array.isArray(next.value)) {
      for (let at = 0; at < next.value.length && found.length < MAX_FOUND; at++) look(next.value[at], path, at);
    } else if (isPlain(next.value)) {
      for (const name of Object.keys(next.value)) {
        if (found.length >= MAX_FOUND) break;
        const problem = problemOf(name);
        if (problem) found.push({ path, message: `A name in it holds ${problem}.` });
        else look(next.value[name], path, name);
      }
    }
  }
  return found;
}

function pathTo(path: readonly (string | number)[], key: string | number | undefined): (string | number)[] {
  return key === undefined ? [...path] : [...path, key];
}

function problemOf(text: string): string | null {
  if (text.includes("\0")) return "the character NUL, which cannot be stored";
  return HALF.test(text) ? "half of a character (an unpaired surrogate)" : null;
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
