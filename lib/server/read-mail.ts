import { createHash } from "node:crypto";
import type { HeaderLines, Headers } from "mailparser";
import type { ParsedMessage } from "./mail-worker";

/** What is read of a mail. Its attachments are passed over. */
export interface ReadMail {
  subject: string;
  from: string;
  text: string;
  html: string;
  /** It is the answer of a machine to another mail; null: it is not. */
  automatic: "bounce" | "reply" | null;
  /** The same for what a sender sends again because it got no answer; null: nothing in it tells two mails apart. */
  repeatKey: string | null;
}

const HTML_CHARS = 512 * 1024;

/** What a message says about a run, and how it is known again. */
export function readMail({ headers, lines, text, html }: ParsedMessage): ReadMail {
  const subject = textOf(headers.get("subject"));
  const named = [lineOf(lines, "message-id"), lineOf(lines, "date")];
  return {
    subject,
    from: textOf(headers.get("from")),
    text,
    html: html.slice(0, HTML_CHARS),
    automatic: automaticKind(headers),
    // Not by the Message-ID alone: some appliances send the same one with every mail.
    repeatKey: named.every((line) => line === "") ? null : digest([...named, subject, text, html]),
  };
}

function lineOf(lines: HeaderLines, key: string): string {
  return lines.find((line) => line.key === key)?.line ?? "";
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("base64url");
}

/** A header as text; of addresses, as they were written. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === "object" && value !== null && "text" in value ? String(value.text) : "";
}

/** @see RFC 3834 and RFC 3464 */
function automaticKind(headers: Headers): ReadMail["automatic"] {
  const type = headers.get("content-type");
  const kind = typeof type === "object" && "value" in type ? String(type.value).toLowerCase() : "";
  if (kind === "multipart/report" || headers.has("x-failed-recipients")) return "bounce";
  return /^auto-replied/i.test(textOf(headers.get("auto-submitted"))) ? "reply" : null;
}
