import { AppError } from "./errors";

/** The longest value of a path parameter, in characters after decoding. */
const MAX_PARAMETER = 1_000;

export type PathParams = Record<string, string>;

interface Pattern<T> {
  /** Literal text, or a parameter by its name. */
  parts: (string | { name: string })[];
  /** The parameter that takes everything behind the parts, slashes included; it may be empty. */
  rest: string | null;
  value: T;
}

/**
 * Finds what is registered for a path. A template is literal (`/metrics`) or has parameters in braces, each of which
 * takes one segment (`/ping/{uuid}`); `{...name}` at the end takes the rest (`/in/{token}/{...rest}`).
 * A literal path costs one look-up. Patterns are tried only after that, and only those that begin with the same segment.
 */
export class PathTable<T> {
  private readonly templates = new Map<string, T>();
  private readonly literals = new Map<string, T>();
  private readonly patterns = new Map<string, Pattern<T>[]>();

  /** @returns what is registered under exactly this template; `make` creates it the first time */
  register(template: string, make: () => T): T {
    const known = this.templates.get(template);
    if (known !== undefined) return known;
    const value = make();
    this.templates.set(template, value);
    if (template.includes("{")) this.addPattern(template, value);
    else this.literals.set(template, value);
    return value;
  }

  private addPattern(template: string, value: T): void {
    const segments = template.split("/").slice(1);
    const [first = ""] = segments;
    const last = /^\{\.\.\.(\w+)\}$/.exec(segments.at(-1) ?? "");
    const parts = (last ? segments.slice(0, -1) : segments).map((segment) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      return name ? { name } : segment;
    });
    if (first.includes("{")) throw new Error(`A path must begin with a literal segment: ${template}`);
    const siblings = this.patterns.get(first) ?? [];
    siblings.push({ parts, rest: last?.[1] ?? null, value });
    this.patterns.set(first, siblings.sort(bySpecificity));
  }

  /**
   * Finds the value for a path; a literal wins over a parameter. One trailing slash does not count for a pattern.
   * @param path as in the request's target, percent-encoded, without the query
   * @throws AppError `invalid` for a parameter that is not valid percent-encoded UTF-8, or longer than 1,000 characters
   */
  find(path: string): { value: T; params: PathParams } | null {
    const value = this.literals.get(path);
    if (value !== undefined) return { value, params: NO_PARAMS };
    const end = path.indexOf("/", 1);
    const candidates = end < 0 ? undefined : this.patterns.get(path.slice(1, end));
    if (!candidates) return null;
    const segments = path.split("/").slice(1);
    for (const pattern of candidates) {
      const params = match(pattern, segments);
      if (params) return { value: pattern.value, params };
    }
    return null;
  }
}

const NO_PARAMS: PathParams = Object.freeze({});

/** Literal segments come before parameters, from the left; what takes the rest comes last. */
function bySpecificity<T>(a: Pattern<T>, b: Pattern<T>): number {
  const key = ({ parts, rest }: Pattern<T>) =>
    parts.map((part) => (typeof part === "string" ? "0" : "1")).join("") + (rest === null ? "" : "2");
  return key(a).localeCompare(key(b));
}

function match<T>({ parts, rest }: Pattern<T>, segments: readonly string[]): PathParams | null {
  const hasTrailingSlash = rest === null && segments.length === parts.length + 1 && segments.at(-1) === "";
  if (rest === null ? segments.length !== parts.length && !hasTrailingSlash : segments.length < parts.length)
    return null;
  const params: PathParams = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? "";
    if (typeof part === "string" ? part !== segment : segment === "") return null;
    if (typeof part !== "string") params[part.name] = segment;
  }
  for (const [name, encoded] of Object.entries(params)) params[name] = decode(encoded);
  if (rest !== null) params[rest] = decode(segments.slice(parts.length).join("/"));
  return params;
}

function decode(encoded: string): string {
  let text: string;
  try {
    text = decodeURIComponent(encoded);
  } catch (error) {
    throw new AppError("invalid", "The path is not valid percent-encoded UTF-8.", { cause: error });
  }
  if (text.length > MAX_PARAMETER) throw new AppError("invalid", "A part of the path is too long.");
  return text;
}
