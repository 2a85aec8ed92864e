import { type Fields, fieldText, jsonFields } from "./fields";
import { bodyText } from "./texts";

const NEWLINE = 10;
/** What an SDK puts into one envelope is far less. */
const MAX_ITEMS = 1_000;

/** What an SDK of Sentry sends at once. */
export interface SentryEnvelope {
  header: Fields;
  items: { type: string; payload: Buffer }[];
}

/**
 * Reads an envelope: a line of JSON, and for each item a line of JSON and its payload, which is as long as that says or else a line.
 * An item that cannot be read ends it; the ones before count.
 * @returns null for what does not begin as an envelope does
 * @see https://develop.sentry.dev/sdk/data-model/envelopes/
 */
export function readEnvelope(body: Buffer): SentryEnvelope | null {
  let at = 0;
  const line = () => {
    const end = body.indexOf(NEWLINE, at);
    const bytes = body.subarray(at, end < 0 ? body.length : end);
    at = end < 0 ? body.length : end + 1;
    return bytes;
  };
  const header = jsonFields(bodyText(line()));
  if (!header) return null;
  const items: SentryEnvelope["items"] = [];
  while (at < body.length && items.length < MAX_ITEMS) {
    const bytes = line();
    if (bytes.length === 0) continue;
    const about = jsonFields(bodyText(bytes));
    if (!about) break;
    const length = about.get("length");
    if (typeof length === "number" && Number.isInteger(length) && length >= 0) {
      items.push({ type: fieldText(about, "type"), payload: body.subarray(at, at + length) });
      at += length + 1;
    } else items.push({ type: fieldText(about, "type"), payload: line() });
  }
  return { header, items };
}
