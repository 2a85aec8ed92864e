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
    found.set(match[1] ?? "", match[2]);
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
