import type { ReceiverCredential } from "./address";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TOKEN = /^[\w-]{16,64}$/;
const SLUG = /^[\w-]{1,100}$/;
/** As long as ping keys are: of Belfry's own, and of Healthchecks. */
const PING_KEY = /^\w{22}$/;

/** Whose a mail is, and what its address says about the run. */
export interface MailAddress {
  credential: ReceiverCredential;
  /** `fail`, `start`, an exit code; empty for nothing. */
  path: string;
}

/**
 * Reads the recipient of a mail: `<uuid>@…`, `<uuid>+fail@…`, the same with the token, and `<ping key>+<slug>@…` as Healthchecks has it.
 * @returns null for an address that no job can have
 */
export function readMailAddress(recipient: string): MailAddress | null {
  const at = recipient.lastIndexOf("@");
  const [name = "", ...details] = (at < 0 ? recipient : recipient.slice(0, at)).split("+");
  const path = details.at(-1)?.toLowerCase() ?? "";
  if (UUID.test(name)) return { credential: { kind: "uuid", uuid: name.toLowerCase() }, path };
  const [slug = "", ...rest] = details;
  if (PING_KEY.test(name) && SLUG.test(slug)) {
    const credential = { kind: "slug", key: name, slug: slug.toLowerCase(), create: false } as const;
    return { credential, path: rest.at(-1)?.toLowerCase() ?? "" };
  }
  return TOKEN.test(name) ? { credential: { kind: "token", token: name }, path } : null;
}

/** The domain of a recipient, in lower case; empty for none. */
export function mailDomain(recipient: string): string {
  const at = recipient.lastIndexOf("@");
  return at < 0 ? "" : recipient.slice(at + 1).toLowerCase();
}
