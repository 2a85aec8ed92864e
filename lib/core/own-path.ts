/** Stands for Belfry's own address while a path is judged. */
const HOST = "belfry.invalid";
/** What browsers, proxies and servers read in different ways: control characters, backslashes, slashes in disguise. */
const AMBIGUOUS = /[\p{Cc}\\]/u;
const DISGUISED = /%(?:2f|5c|[01][0-9a-f]|7f)/i;

/**
 * The one judge of addresses that a redirect may lead to when they come from outside: a path of Belfry itself, resolved the
 * way a browser does it (WHATWG URL), so that dots and doubled slashes cannot turn it into another site's address.
 * @param text from a query, a form or a request line
 * @returns path and query, which resolve to the same site from any page; null for anything else
 */
export function ownPath(text: string | null | undefined): string | null {
  if (!text || text.length > 2_000 || !/^\/(?!\/)/.test(text) || AMBIGUOUS.test(text)) return null;
  if (!URL.canParse(text, `http://${HOST}`)) return null;
  const { host, pathname, search } = new URL(text, `http://${HOST}`);
  // Dots are gone by now: `/.//evil.example` has become `//evil.example`.
  if (host !== HOST || pathname.startsWith("//") || DISGUISED.test(pathname)) return null;
  return pathname + search;
}
