import { runtimeValue } from "@/lib/core/runtime";

/** The caller's address as the HTTP server saw it, which removes this header from what clients send. */
export function callerAddress(headers: Headers): string | null {
  return headers.get("x-belfry-address");
}

/** Where the caller's browser sees Belfry, `https://belfry.example`. The configured base URL wins. */
export function originOf(headers: Headers): string | undefined {
  const base = runtimeValue("baseUrl");
  if (base) return base;
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  if (!host) return undefined;
  const url = `${headers.get("x-forwarded-proto") === "https" ? "https" : "http"}://${host}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** A path of this site that is safe to go back to after signing in; null for anything else. */
export function safePath(path: string | null | undefined): string | null {
  if (!path || path.length > 2_000 || !/^\/(?![/\\])/.test(path) || /[\p{Cc}\\]/u.test(path)) return null;
  const url = new URL(path, "http://belfry.invalid");
  if (url.host !== "belfry.invalid" || /^\/(login|setup|invite|api)(\/|$)/.test(url.pathname)) return null;
  // Next marks its own page fetches with this.
  url.searchParams.delete("_rsc");
  const back = url.pathname + url.search;
  return back === "/" ? null : back;
}
