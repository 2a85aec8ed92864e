import type { TemplateValues } from "../contract";
import { fillTyped } from "./template";

/** How values are written into a custom body, by its content type. */
export type BodyFormat = "json" | "form" | "markup" | "text";

/** @param contentType `application/json; charset=utf-8` and the like; undefined for other types */
export function formatOf(contentType: string): BodyFormat | undefined {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  if (type === "application/json" || type.endsWith("+json")) return "json";
  if (type === "application/x-www-form-urlencoded") return "form";
  if (/^(text|application)\/(html|xml)$/.test(type) || type.endsWith("+xml")) return "markup";
  return type.startsWith("text/") ? "text" : undefined;
}

/** A custom body, filled so that no value can break its format. */
export function fillBody(template: string, values: TemplateValues, format: BodyFormat): string {
  if (format !== "json") {
    const write = WRITERS[format];
    return fillTyped(template, values, (value) => write(value === null ? "" : String(value)));
  }
  const inString = stringTracker();
  return fillTyped(template, values, (value, literal) =>
    // Between quotes a value is text; elsewhere it is a complete JSON value, with its quotes.
    inString(literal) ? JSON.stringify(value === null ? "" : String(value)).slice(1, -1) : JSON.stringify(value),
  );
}

const WRITERS: Record<Exclude<BodyFormat, "json">, (text: string) => string> = {
  form: (text) => new URLSearchParams([["", text]]).toString().slice(1),
  markup: escapeMarkup,
  text: (text) => text,
};

/** Safe between tags and in quoted attributes of HTML and XML. */
export function escapeMarkup(text: string): string {
  if (!/[&<>"']/.test(text)) return text;
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Tracks whether a growing JSON text ends inside a string. */
function stringTracker(): (soFar: string) => boolean {
  let seen = 0;
  let isInside = false;
  return (soFar) => {
    for (; seen < soFar.length; seen++) {
      const sign = soFar[seen];
      if (sign === '"') isInside = !isInside;
      else if (sign === "\\" && isInside) seen++;
    }
    return isInside;
  };
}
