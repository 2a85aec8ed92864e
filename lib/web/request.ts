import { ownPath } from "@/lib/core/own-path";
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

/** Where to go after signing in: a path of this site that is safe to go back to; null for anything else. */
export function safePath(path: string | null | undefined): string | null {
  const own = ownPath(path);
  if (!own) return null;
  const url = new URL(own, "http://belfry.invalid");
  if (/^\/(login|setup|invite|acknowledge|api)(\/|$)/.test(url.pathname)) return null;
  // Next marks its own page fetches with this.
  url.searchParams.delete("_rsc");
  const back = url.pathname + url.search;
  return back === "/" ? null : back;
}
