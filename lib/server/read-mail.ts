import { createHash } from "node:crypto";
import type { HeaderLines, Headers, MailParser, MessageText } from "mailparser";

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

const PARTS = 200;
/** Far more than any mail takes that is not made to be slow. */
const PARSE_MS = 20_000;
/** No links are looked for and nothing is turned into HTML: that takes time, and is for screens. */
const OPTIONS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  maxChildNodes: PARTS,
};
const HTML_CHARS = 512 * 1024;

/**
 * Reads a message, whatever is in it.
 * @throws Error with what cannot be read: too many parts, headers without an end
 */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  // Where no mail is taken, nothing of this is loaded.
  const { MailParser: Parser } = await import("mailparser");
  return parse(new Parser(OPTIONS as ConstructorParameters<typeof Parser>[0]), raw);
}

function parse(parser: MailParser, raw: Buffer): Promise<ReadMail> {
  return new Promise((resolve, reject) => {
    let headers: Headers = new Map();
    let lines: HeaderLines = [];
    let texts: Partial<MessageText> = {};
    const timer = setTimeout(() => reject(new Error("it takes too long to read")), PARSE_MS);
    parser.on("error", reject);
    parser.on("headers", (found) => {
      headers = found;
    });
    parser.on("headerLines", (found) => {
      lines = found;
    });
    parser.on("data", (data) => {
      if (data.type === "text") texts = data;
      else {
        data.content.on("end", () => data.release());
        data.content.resume();
      }
    });
    parser.on("end", () => resolve(mailOf(headers, lines, texts)));
    parser.once("close", () => clearTimeout(timer));
    parser.end(raw);
  });
}

function mailOf(headers: Headers, lines: HeaderLines, texts: Partial<MessageText>): ReadMail {
  const subject = textOf(headers.get("subject"));
  const text = texts.text ?? "";
  const html = String(texts.html || "").slice(0, HTML_CHARS);
  const lineOf = (key: string) => lines.find((line) => line.key === key)?.line ?? "";
  const named = [lineOf("message-id"), lineOf("date")];
  return {
    subject,
    from: textOf(headers.get("from")),
    text,
    html,
    automatic: automaticKind(headers),
    // Not by the Message-ID alone: some appliances send the same one with every mail.
    repeatKey: named.every((line) => line === "") ? null : digest([...named, subject, text, html]),
  };
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
