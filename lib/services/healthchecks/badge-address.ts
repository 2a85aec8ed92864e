import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveKey } from "@/lib/secrets/key";

/** The badge of all external jobs. */
export const ALL_TAGS = "*";

/** What the key is for: it signs nothing else. */
const PURPOSE = "badge addresses";
const SIGNATURE_CHARS = 8;

/** Names this installation in the addresses of badges, as Healthchecks' badge key names a project. */
export function badgeKey(): string {
  const digits = createHmac("sha256", deriveKey(PURPOSE)).update("key").digest("hex");
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digits) ?? [];
  return parts.join("-");
}

/** Stands in the address of the badge of one tag, so that nobody finds that of another. */
function signatureOf(tag: string): string {
  const digest = createHmac("sha256", deriveKey(PURPOSE)).update(`tag ${tag}`).digest("base64url");
  return digest.slice(0, SIGNATURE_CHARS);
}

/** True when this installation made the address. In constant time. */
export function isBadgeAddress(address: { key: string; signature: string; tag: string }): boolean {
  const right = Buffer.from(`${badgeKey()}/${signatureOf(address.tag)}`);
  const sent = Buffer.from(`${address.key.toLowerCase()}/${address.signature}`);
  return sent.length === right.length && timingSafeEqual(sent, right);
}

/** The addresses of the badges of one tag, by their names in the API of Healthchecks: those with a 3 have a state of their own for what is late. */
export function badgeAddresses(base: string, tag: string) {
  const address = (format: string, ending: string) => {
    const signed = `${base.replace(/\/$/, "")}/badge/${badgeKey()}/${signatureOf(tag)}${ending}`;
    return tag === ALL_TAGS ? `${signed}.${format}` : `${signed}/${encodeURIComponent(tag)}.${format}`;
  };
  return {
    svg: address("svg", "-2"),
    svg3: address("svg", ""),
    json: address("json", "-2"),
    json3: address("json", ""),
    shields: address("shields", "-2"),
    shields3: address("shields", ""),
  };
}
