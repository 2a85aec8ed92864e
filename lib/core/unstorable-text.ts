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
  const open: { value: unknown; path: (string | number)[] }[] = [{ value, path: [] }];
  for (let next = open.pop(); next && found.length < MAX_FOUND; next = open.pop()) {
    const { path } = next;
    if (path.length > MAX_DEPTH) return [{ path: [], message: `This is nested more than ${MAX_DEPTH} levels deep.` }];
    if (typeof next.value === "string") {
      const problem = problemOf(next.value);
      if (problem) found.push({ path, message: `This text holds ${problem}.` });
    } else if (Array.isArray(next.value)) {
      for (const [at, item] of next.value.entries())
        if (mayHoldText(item)) open.push({ value: item, path: [...path, at] });
    } else if (isPlain(next.value)) {
      for (const [name, item] of Object.entries(next.value)) {
        const problem = problemOf(name);
        if (problem) found.push({ path, message: `A name in it holds ${problem}.` });
        else if (mayHoldText(item)) open.push({ value: item, path: [...path, name] });
      }
    }
  }
  return found;
}

function problemOf(text: string): string | null {
  if (text.includes("\0")) return "the character NUL, which cannot be stored";
  return HALF.test(text) ? "half of a character (an unpaired surrogate)" : null;
}

function mayHoldText(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
