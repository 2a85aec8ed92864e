import { bodyText } from "./texts";

/**
 * The texts of a multipart form; its files are passed over. The boundary is the body's first line.
 * @returns null for a body that is none
 */
export function multipartFields(body: Buffer): Map<string, string> | null {
  const end = body.indexOf("\n");
  const boundary = end < 0 ? "" : body.subarray(0, end).toString("latin1").trim();
  if (boundary.length < 3 || boundary.length > 100) return null;
  const fields = new Map<string, string>();
  for (const part of body.toString("latin1").split(boundary).slice(1)) {
    const blank = part.indexOf("\r\n\r\n");
    const head = part.slice(0, Math.max(0, blank));
    const name = /\bname="([^"]{1,100})"/i.exec(head)?.[1];
    if (blank < 0 || name === undefined || /\bfilename\*?=/i.test(head)) continue;
    const value = part.slice(blank + 4);
    fields.set(name, bodyText(Buffer.from(value.endsWith("\r\n") ? value.slice(0, -2) : value, "latin1")));
  }
  return fields.size === 0 ? null : fields;
}
