import { decodePart } from "../kit/decode-part";

const ADDRESS = /^(?:(.*)@)?(\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::(\d{1,5}))?\/?$/i;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/i;
const SECURITIES = ["starttls", "ssl", "none"];

/**
 * A mail server as people write it in one line: `smtp://user:password@host:587?from=a@example.org&to=b@example.org`.
 * `smtps` means SSL from the first byte; `smtp` means STARTTLS, but for a server without a sign-in on this machine.
 * Signs that are not percent-encoded are understood in a password.
 * @returns values of a mail form, or null when it is no such line
 */
export function readSmtpUrl(text: string): Record<string, unknown> | null {
  const scheme = /^(smtps?):\/\//i.exec(text);
  if (!scheme || /\s/.test(text)) return null;
  const parts = splitQuery(text.slice(scheme[0].length));
  if (!parts) return null;
  const { address, query } = parts;
  const [, userInfo, host = "", digits] = address;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return null;

  const colon = userInfo?.indexOf(":") ?? -1;
  const user = userInfo && decodePart(colon < 0 ? userInfo : userInfo.slice(0, colon));
  const password = userInfo && colon >= 0 ? decodePart(userInfo.slice(colon + 1)) : undefined;
  const isSsl = scheme[1]?.toLowerCase() === "smtps" || port === 465;
  const isOwnRelay = !user && LOOPBACK.test(host);
  const wished = query.get("security")?.toLowerCase() ?? "";
  const from = query.get("from") ?? (user?.includes("@") ? user : undefined);
  const to = query
    .getAll("to")
    .flatMap((list) => list.split(","))
    .map((one) => one.trim())
    .filter(Boolean);
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: port ?? (isSsl ? 465 : 587),
    security: SECURITIES.includes(wished) ? wished : isSsl ? "ssl" : isOwnRelay ? "none" : "starttls",
    ...(user && { user }),
    ...(password && { password }),
    ...(from && { from }),
    ...(to.length > 0 && { to: to.slice(0, 50) }),
  };
}

/** Parts the address from the query at the first question mark that has an address before it and a name behind it. */
function splitQuery(text: string): { address: RegExpExecArray; query: URLSearchParams } | null {
  const ends = [...text.matchAll(/\?/g)].slice(0, 20).map(({ index }) => index);
  for (const end of [...ends, text.length]) {
    const address = ADDRESS.exec(text.slice(0, end));
    const query = text.slice(end + 1);
    if (address && /^([\w-]+=|$)/.test(query)) return { address, query: new URLSearchParams(query) };
  }
  return null;
}
