import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AppError } from "@/lib/core/errors";
import { deriveKey } from "./key";

const VERSION = "s1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals text with AES-256-GCM under the installation's key.
 * @param purpose what it is for; a text sealed for one purpose does not open for another
 * @returns `s1.` and base64url of nonce, tag and ciphertext
 */
export function seal(text: string, purpose: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", deriveKey("seal"), nonce);
  cipher.setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
}

/** @throws AppError `unavailable` when it was sealed with another key or purpose, or was changed since */
export function open(sealed: string, purpose: string): string {
  try {
    const [version, data] = sealed.split(".");
    if (version !== VERSION || !data) throw new Error("not a sealed text");
    const bytes = Buffer.from(data, "base64url");
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", deriveKey("seal"), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new AppError(
      "unavailable",
      "A stored secret does not open with this key. Enter the secret again, or start Belfry with the key it was stored with.",
      { cause: error },
    );
  }
}

export function sealJson(value: unknown, purpose: string): string {
  return seal(JSON.stringify(value), purpose);
}

/** @throws AppError `unavailable` as `open` */
export function openJson<T>(sealed: string, purpose: string): T {
  return JSON.parse(open(sealed, purpose)) as T;
}
