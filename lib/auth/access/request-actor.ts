import type { MaybeActor } from "./actor";
import { actorOfBearer } from "./api-key";
import { sessionOf } from "./session";

/** What of a call of the management API says who calls: its method and its headers, before any of its body. */
export interface RequestHead {
  method: string;
  header(name: string): string | null | undefined;
  /** The caller's address, for the audit log. */
  address: string | null;
}

/**
 * Who calls the management API: the owner of an API key, or for reading also of the session's cookie, so that downloads
 * can be links.
 * @param isForPages the call may also be made by a page of the console with its session
 */
export async function actorOfRequest(
  { method, header, address }: RequestHead,
  isForPages: boolean,
): Promise<MaybeActor> {
  const authorization = header("authorization");
  if (authorization) return actorOfBearer(authorization, address);
  const site = header("sec-fetch-site") ?? null;
  const isOwn = site === null || site === "same-origin" || site === "none";
  const isReading = method === "GET" || method === "HEAD";
  const mayUseSession = isReading ? isOwn : isForPages && isOwnPage(header);
  return mayUseSession ? sessionOf(header("cookie"), address) : null;
}

/** Browsers name the page that sends a form, and no page can name another one. */
function isOwnPage(header: RequestHead["header"]): boolean {
  const origin = header("origin") ?? "";
  return URL.canParse(origin) && new URL(origin).host === (header("x-forwarded-host") ?? header("host"));
}
