import { MASK } from "./redact";

const ADDRESSES = /\bhttps?:\/\/[^\s"'<>]+/gi;
/** Parts of addresses that are secrets by themselves: of services that take reports, and of incoming webhooks. */
const SECRET_PATHS = /(\/(?:api\/push|ping|in|hooks|webhooks|services|heartbeat|notify)\/)[\w./-]{8,}/gi;
/** `https://user:password@host`. */
const CREDENTIALS = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,200}:)[^\s/@]{1,400}@/gi;

/**
 * Masks what gives access in addresses of any text: passwords, and the paths of services whose address is the secret. A log of
 * borgmatic names the addresses of all its hooks.
 */
export function redactAddresses(text: string): string {
  const withoutPasswords = text.replace(CREDENTIALS, `$1${MASK}@`);
  return withoutPasswords.replace(ADDRESSES, (address) => address.replace(SECRET_PATHS, `$1${MASK}`));
}
