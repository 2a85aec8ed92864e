import { parseJson } from "@/lib/core/parse-json";
import type { ReceivedRequest } from "../contract";
import { multipartFields } from "./multipart";
import { bodyText, storableText } from "./texts";

/** A body's fields by name. */
export type Fields = ReadonlyMap<string, unknown>;

/**
 * The fields of a body that is a JSON object or a form. Its bytes decide which: clients send either with any content type.
 * Of JSON that was too long to be kept whole, the texts that can still be found.
 * @returns null for anything else
 */
export function readFields(request: ReceivedRequest): Fields | null {
  const text = bodyText(request.body).trim();
  if (text.startsWith("{")) return jsonFields(text) ?? (request.isCut ? looseFields(text) : null);
  if (text.startsWith("--")) return multipartFields(request.body);
  if (/^[^\s=&]{1,200}=/.test(text)) return new Map(new URLSearchParams(text));
  return null;
}

/** A JSON object's members; null for what is none. */
export function jsonFields(text: string): Fields | null {
  const value = jsonValue(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;
}

/** A JSON value; undefined for text that is no JSON. */
export function jsonValue(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Members with a text, in JSON of which the middle is missing. */
function looseFields(text: string): Fields {
  const found = new Map<string, unknown>();
  for (const match of text.matchAll(/"([a-z_]{1,40})"\s{0,4}:\s{0,4}"([^"\\]{0,500})"/gi)) {
    if (!found.has(match[1] ?? "")) found.set(match[1] ?? "", match[2]);
  }
  return found.set("message", found.get("message") ?? found.get("body") ?? text);
}

/** The first of the named fields that holds a text or a number; empty when none does. */
export function fieldText(fields: Fields, ...names: string[]): string {
  for (const name of names) {
    const value = fields.get(name);
    if (typeof value === "string" && value !== "") return storableText(value);
    if (typeof value === "number") return String(value);
  }
  return "";
}

/** The members of an object by name; none for any other value. */
export function membersOf(value: unknown): Fields {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

/** A list's items; none for any other value. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A number that is not negative, as JSON holds it or as a text; undefined for anything else. */
export function amountOf(value: unknown): number | undefined {
  const amount = typeof value === "string" && /^\d{1,15}(?:\.\d{1,9})?$/.test(value.trim()) ? Number(value) : value;
  return typeof amount === "number" && amount >= 0 && amount <= Number.MAX_SAFE_INTEGER ? amount : undefined;
}

/** A moment in ISO 8601, or in seconds or milliseconds since 1970, as milliseconds; undefined for anything else. */
export function momentOf(value: unknown): number | undefined {
  const amount = amountOf(value);
  // In seconds that is the year 5138, in milliseconds 1973.
  if (amount !== undefined) return Math.round(amount < 100_000_000_000 ? amount * 1_000 : amount);
  const at = typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) || at < 0 ? undefined : at;
}
