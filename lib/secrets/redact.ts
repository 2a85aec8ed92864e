/** Replaces what is not shown. */
export const MASK = "••••";

/** Secrets of fewer characters are ordinary words; replacing them would leave nothing readable and hide nothing. */
const SHORTEST = 4;
/** Up to this length a secret is replaced only as a whole word, not inside a longer one. */
const WORD_LENGTH = 7;

export type Redact = (text: string) => string;

/**
 * Returns a function that replaces secrets by value wherever they occur: as they are, URL-encoded, JSON-escaped, HTML-escaped,
 * in base64 (alone and as `user:password`), and the parts of secret URLs that give them away (path, token, password, query values).
 * @param secrets the plain values @param users names that go with passwords in Basic authentication
 * @param mask what stands in their place
 */
export function redactor(secrets: readonly string[], users: readonly string[] = [], mask = MASK): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const part of partsOf(secret)) for (const form of formsOf(part)) forms.add(form);
    for (const user of users) forms.add(base64(`${user}:${secret}`));
  }
  // The longest first: a part of a secret must not be replaced before the whole.
  const sorted = [...forms].filter((form) => form.length >= SHORTEST).sort((a, b) => b.length - a.length);
  if (sorted.length === 0) return (text) => text;
  const pattern = new RegExp(sorted.map(patternOf).join("|"), "gu");
  return (text) => text.replace(pattern, mask);
}

/** Redacts every string inside plain data, keys too. */
export function redactDeep<T>(value: T, redact: Redact): T {
  return walk(value, redact) as T;
}

function walk(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), walk(item, redact)]));
}

/** The secret itself, and what gives it away: a token after `Bearer`, the path and credentials of a URL. */
function partsOf(secret: string): string[] {
  const parts = [secret];
  const scheme = /^(?:Bearer|Basic|Token|ApiKey|GenieKey)\s+(\S+)$/i.exec(secret)?.[1];
  if (scheme) {
    parts.push(scheme);
    const pair = Buffer.from(scheme, "base64").toString();
    const password = /^[^:]*:(.+)$/.exec(pair)?.[1];
    if (/^basic/i.test(secret) && password) parts.push(password);
  }
  if (/^https?:\/\//i.test(secret) && URL.canParse(secret)) {
    const url = new URL(secret);
    const path = url.pathname + url.search;
    parts.push(url.href);
    if (path.length >= 12) parts.push(path);
    if (url.pathname.length >= 12) parts.push(url.pathname);
    parts.push(...url.pathname.split("/").filter((segment) => segment.length >= 16));
    parts.push(...[...url.searchParams.values()].filter((value) => value.length >= 8));
    if (url.password) parts.push(decoded(url.password), base64(`${decoded(url.username)}:${decoded(url.password)}`));
  }
  return parts;
}

function formsOf(part: string): string[] {
  const json = JSON.stringify(part).slice(1, -1);
  return [
    part,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(wellFormed(part)),
    encodeURI(wellFormed(part)),
    new URLSearchParams([["", part]]).toString().slice(1),
    part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    base64(part),
    Buffer.from(part).toString("base64url"),
  ];
}

function patternOf(form: string): string {
  const literal = form.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return form.length <= WORD_LENGTH ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `encodeURIComponent` throws on half a character. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
