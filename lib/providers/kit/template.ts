import Mustache from "mustache";
import type { TemplateValues } from "../contract";
import type { Piece } from "./text";

/** A mistake in a template: one sentence, and the characters it is about. */
export interface TemplateProblem {
  message: string;
  at: number;
  length: number;
}

type Token = { text: string } | { path: string[]; name: string; at: number; length: number };

interface Template {
  tokens: Token[];
  problems: TemplateProblem[];
}

const REFUSED: Record<string, string> = {
  "#": "Sections ({{#…}}) are not supported; only {{name}} is.",
  "^": "Sections ({{^…}}) are not supported; only {{name}} is.",
  "/": "Sections ({{/…}}) are not supported; only {{name}} is.",
  ">": "Partials ({{>…}}) are not supported; only {{name}} is.",
  "!": "Comments ({{!…}}) are not supported; only {{name}} is.",
  "=": "Other delimiters ({{=…}}) are not supported; only {{name}} is.",
};

const cache = new Map<string, Template>();
const CACHE_SIZE = 500;

/** Parsed once per text; templates belong to rules and channels, so there are few. */
function parseTemplate(text: string): Template {
  const known = cache.get(text);
  if (known) return known;
  const template = parse(text);
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value ?? "");
  cache.set(text, template);
  return template;
}

function parse(text: string): Template {
  const refused = refusedTags(text);
  if (refused.length > 0) return { tokens: [{ text }], problems: refused };
  try {
    const tokens: Token[] = [];
    for (const span of Mustache.parse(text)) {
      const [type, value, start, end] = span;
      if (type === "text") tokens.push({ text: value });
      else tokens.push({ path: value.split("."), name: value, at: start, length: end - start });
    }
    return { tokens, problems: [] };
  } catch (error) {
    const at = Number(/at (\d+)$/.exec(error instanceof Error ? error.message : "")?.[1] ?? text.length);
    const opened = text.lastIndexOf("{{", at);
    const start = Math.max(0, opened);
    return {
      tokens: [{ text }],
      problems: [{ message: "A {{ is not closed by }}.", at: start, length: text.length - start }],
    };
  } finally {
    // The package's own cache keeps every text; this one is bounded.
    Mustache.clearCache();
  }
}

/** Sections and other tags, found before parsing: Mustache stops at the first that does not nest. */
function refusedTags(text: string): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  for (const match of text.matchAll(/\{\{\s*([#^/>!=])[^}]*\}{0,2}/g)) {
    const sign = match[1] ?? "";
    problems.push({
      message: REFUSED[sign] ?? "Only {{name}} is supported.",
      at: match.index,
      length: match[0].length,
    });
  }
  return problems;
}

/** Every problem of a template, in order: what is not `{{name}}`, and names that do not exist. Empty when it is valid. */
export function checkTemplate(text: string, allowedNames: readonly string[]): TemplateProblem[] {
  const { tokens, problems } = parseTemplate(text);
  const allowed = new Set(allowedNames);
  const unknown = tokens.flatMap((token) =>
    "name" in token && !allowed.has(token.name)
      ? [
          {
            message: `There is no {{${token.name}}}.${nearest(token.name, allowedNames)}`,
            at: token.at,
            length: token.length,
          },
        ]
      : [],
  );
  return [...problems, ...unknown];
}

function nearest(name: string, allowedNames: readonly string[]): string {
  const tail = name.split(".").at(-1)?.toLowerCase() ?? "";
  const same = (known: string) => known.toLowerCase() === name.toLowerCase();
  const sameEnd = (known: string) => known.split(".").at(-1)?.toLowerCase() === tail;
  const near = allowedNames.find(same) ?? allowedNames.find(sameEnd);
  return near ? ` Did you mean {{${near}}}?` : "";
}

/** The value under a path, own properties only; undefined when it does not exist. */
function lookUp(values: TemplateValues, path: string[]): string | number | boolean | null {
  let at: unknown = values;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as TemplateValues)[name];
  }
  return typeof at === "string" || typeof at === "number" || typeof at === "boolean" ? at : null;
}

/** A filled template: its literal text as raw pieces, the values as data. A missing value is empty. */
export function fillTemplate(text: string, values: TemplateValues): Piece[] {
  return parseTemplate(text).tokens.map((token) =>
    "name" in token ? { text: String(lookUp(values, token.path) ?? "") } : { text: token.text, raw: true },
  );
}

/** Literals as text, values with their type, for formats in which a number is not a string. */
export function fillTyped(
  text: string,
  values: TemplateValues,
  write: (value: string | number | boolean | null, literalSoFar: string) => string,
): string {
  let written = "";
  let literal = "";
  for (const token of parseTemplate(text).tokens) {
    if ("name" in token) {
      written += write(lookUp(values, token.path), literal);
    } else {
      literal += token.text;
      written += token.text;
    }
  }
  return written;
}
