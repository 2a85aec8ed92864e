import { z } from "zod";

/** One address, without a name: no part of it can end a header or add a recipient. */
const BARE = /^[^\s@<>"(),:;\\[\]\p{C}]{1,64}@[^\s@<>"(),:;\\\p{C}]{1,255}$/u;

/** `ops@example.org` */
export const mailAddress = z.string().trim().regex(BARE, "Enter a mail address such as ops@example.org.");

/** `ops@example.org` or `Backups <ops@example.org>` */
export const mailSender = z
  .string()
  .trim()
  .refine((text) => !/\p{C}/u.test(text) && BARE.test(addressIn(text)) && !/[<>",;]/.test(nameIn(text)), {
    error: "Enter an address such as backups@example.org, or Backups <backups@example.org>.",
  });

/** The address inside `Name <address>`, or the text itself. */
export function addressIn(sender: string): string {
  return (/^[^<>]*<([^<>]*)>$/.exec(sender)?.[1] ?? sender).trim();
}

function nameIn(sender: string): string {
  return /^([^<>]*)<[^<>]*>$/.exec(sender)?.[1] ?? "";
}
