import type { ReceiverAnswer } from "./contract";
import { textReply } from "./kit/answers";
import { decodeLeniently } from "./kit/decode";
import { RECEIVERS } from "./registry";

/** What names the job: the token of one of its receivers, a ping UUID, or a ping key with a slug. */
export type ReceiverCredential =
  | { kind: "token"; token: string }
  | { kind: "uuid"; uuid: string }
  | { kind: "slug"; key: string; slug: string; create: boolean };

/** Whose signal a request is, and which protocol it speaks. */
export interface ReceiverAddress {
  /** The receiver's id. */
  receiver: string;
  credential: ReceiverCredential;
  /** What is left for the receiver to read, decoded. */
  path: string;
  /** As it was written, without the question mark. */
  query: string;
  /** The answer to an address of the right shape that no job can have; nothing is looked up for it. */
  refusal?: ReceiverAnswer;
}

type Header = (name: string) => string | undefined;

const TOKEN = /^[\w-]{16,64}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PING_KEY = /^[\w-]{1,64}$/;
const SLUG = /^[\w-]{1,100}$/;
const IDS: ReadonlySet<string> = new Set(RECEIVERS.map(({ id }) => id));

/**
 * Reads a request's target as the address of a receiver. Lenient where people paste: doubled slashes and those at the end do not
 * count, percent-encoding need not be valid, UUIDs may be in capitals.
 * @param url path and query as they came from the wire
 * @param header the value of a header by its lower-case name: Gotify's token comes in one
 * @returns null for what is no receiver's address at all
 */
export function readAddress(url: string, header: Header): ReceiverAddress | null {
  const { segments, query } = splitTarget(url);
  const [first, ...rest] = segments;
  if (first === "in") return readOwn(rest, query, header);
  if (first === "ping") return readPing(rest, query);
  if (first === "api")
    return rest[0] === "push" ? withToken("kuma", rest[1], rest.slice(2), query) : readSentry(rest, query, header);
  if (first === "message" && rest.length === 0)
    return withToken("gotify", gotifyToken(query, header), ["message"], query);
  if (first === "notify") return withToken("apprise", rest[0], ["notify"], query);
  return null;
}

/**
 * Whether a target begins as the address of a receiver does: what is no address all the same was mistyped. It is not to be
 * redirected, because many programs take a redirect for an acceptance.
 */
export function isNearAddress(url: string): boolean {
  const [first = "", second = ""] = splitTarget(url).segments;
  return NEAR.has(first) || (first === "api" && /^(?:push|\d{1,20})$/.test(second));
}

const NEAR: ReadonlySet<string> = new Set(["in", "ping", "message", "notify"]);

function splitTarget(url: string): { segments: string[]; query: string } {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, "");
  const [whole = ""] = target.split("#", 1);
  const at = whole.indexOf("?");
  const path = at < 0 ? whole : whole.slice(0, at);
  return {
    // Decoded first: a slash that a client has encoded is one.
    segments: decodeLeniently(path).split("/").filter(Boolean),
    query: at < 0 ? "" : whole.slice(at + 1),
  };
}

/** `/in/<token>`, `/in/<token>/fail`, `/in/<token>/ntfy/topic`, and the addresses that Sentry's clients make of a DSN with `/in/1`. */
function readOwn([first = "", second = "", ...rest]: string[], query: string, header: Header): ReceiverAddress | null {
  if (first === "api") return readSentry([second, ...rest], query, header);
  const id = second.toLowerCase();
  if (IDS.has(id)) return withToken(id, first, rest, query);
  return withToken("healthchecks", first, second === "" ? [] : [second, ...rest], query);
}

/** `/ping/<uuid>` and `/ping/<key>/<slug>`, with what follows. */
function readPing([first = "", second, ...rest]: string[], query: string): ReceiverAddress | null {
  if (UUID.test(first)) {
    const path = [second ?? "", ...rest].filter(Boolean).join("/");
    return { receiver: "healthchecks", credential: { kind: "uuid", uuid: first.toLowerCase() }, path, query };
  }
  if (second === undefined || !PING_KEY.test(first) || !SLUG.test(second)) return null;
  const create = /(?:^|[?&])create=1(?![^/?&])/.test(query);
  const address: ReceiverAddress = {
    receiver: "healthchecks",
    credential: { kind: "slug", key: first, slug: second, create },
    path: rest.join("/"),
    query,
  };
  return second === second.toLowerCase() ? address : { ...address, refusal: textReply("invalid url format", 400) };
}

/** `/api/<project>/cron/<slug>/<token>/` and `/api/<project>/envelope/`: the key of the DSN is the token; a slug may hold slashes. */
function readSentry([project = "", kind, ...rest]: string[], query: string, header: Header): ReceiverAddress | null {
  if (!/^\d{1,20}$/.test(project)) return null;
  if (kind === "envelope" && rest.length === 0)
    return withToken("sentry", sentryKey(query, header), ["envelope"], query);
  if (kind !== "cron" || rest.length < 2) return null;
  return withToken("sentry", rest.at(-1), ["cron", ...rest.slice(0, -1)], query);
}

function sentryKey(query: string, header: Header): string | undefined {
  const inHeader = /\bsentry_key=([\w-]+)/.exec(header("x-sentry-auth") ?? "")?.[1];
  return new URLSearchParams(query).get("sentry_key") || inHeader;
}

function gotifyToken(query: string, header: Header): string | undefined {
  const bearer = /^Bearer +([\w-]+)$/i.exec(header("authorization")?.trim() ?? "")?.[1];
  return header("x-gotify-key")?.trim() || new URLSearchParams(query).get("token") || bearer;
}

function withToken(receiver: string, token: string | undefined, rest: string[], query: string): ReceiverAddress | null {
  if (token === undefined || !TOKEN.test(token)) return null;
  return { receiver, credential: { kind: "token", token }, path: rest.join("/"), query };
}
