import { decodePart } from "../kit/decode-part";
import { mailAddress } from "../kit/mail-address";

/**
 * Whom mails go to, as links and people write it: `mailto:ops@example.org,night@example.org?subject=…`, or one address alone.
 * @returns values of a mail form without its server, or null when it is no such line
 */
export function readMailto(text: string): Record<string, unknown> | null {
  const isLink = /^mailto:/i.test(text);
  const [list = "", query = ""] = text.replace(/^mailto:/i, "").split("?", 2);
  const named = isLink ? new URLSearchParams(query).getAll("to") : [];
  const to = [...list.split(",").map(decodePart), ...named.flatMap((more) => more.split(","))]
    .map((one) => one.trim())
    .filter(Boolean);
  if (to.length === 0 || to.length > 50 || (!isLink && to.length > 1)) return null;
  return to.every((one) => mailAddress.safeParse(one).success) ? { to } : null;
}
