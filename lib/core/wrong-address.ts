const BEGINNING = "This page was opened at ";

/** What a server knows of a form that was sent from another address than the one it believes to be at. */
export interface WrongAddress {
  /** Where the browser has the page, `https://backup.example`. */
  origin: string;
  /** For which host the request arrived. */
  host: string;
  /** The host that an untrusted proxy names, where it does. */
  forwardedHost: string | null;
  /** Where people open Belfry, when that is set. */
  baseUrl: string | null;
}

/** What happened and what to do, for the person in front of it. @param id the reference of the log line */
export function wrongAddressSentence({ origin, host, forwardedHost, baseUrl }: WrongAddress, id: string): string {
  return `${BEGINNING}${origin}, but ${
    baseUrl
      ? `Belfry is set to be at ${baseUrl}. Open ${baseUrl}, or correct the variable BELFRY_BASE_URL.`
      : `the request came to Belfry as one for ${host}, so it was refused. If ${origin} is Belfry's address, a proxy in front of it changes the header Host: start Belfry with BELFRY_BASE_URL=${origin}, or let the proxy pass Host on.`
  }${
    baseUrl || !forwardedHost
      ? ""
      : " This proxy names the address in X-Forwarded-Host, which Belfry believes with BELFRY_TRUST_PROXY=1."
  } The log has this under ${id}.`;
}

/** The sentence in what a browser caught; null for any other error. */
export function wrongAddressOf(error: unknown): string | null {
  return error instanceof Error && error.message.startsWith(BEGINNING) ? error.message : null;
}
