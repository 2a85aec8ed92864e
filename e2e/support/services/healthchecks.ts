import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const CHECK = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
export const PING_KEY = "fqOOd6-F4MMNuCEnzTU01w";

/** One ping as the check keeps it. */
export interface KeptPing {
  check: string;
  kind: "start" | "success" | "fail" | "log";
  rid: string | null;
  body: string;
}

export interface HealthchecksService extends Service {
  pings: KeptPing[];
  /** The last word about a check: down after a failure, up after a success. */
  stateOf(check: string): "new" | "up" | "down";
}

interface Manner {
  /** Bytes of a ping's body that are kept. */
  bodyLimit: number;
  /** The hosted service answers pings by UUID with 200 whatever becomes of them; one's own server says 404. */
  isHosted: boolean;
}

/**
 * Behaves like the pinging API: UUIDs and slugs, exit statuses, `rid`, `create=1`, the body's limit in a header.
 * The checks `twice` (an ambiguous slug) and `busy` (rate limited) are always there. https://healthchecks.io/docs/http_api/
 */
export async function startHealthchecks(manner: Partial<Manner> = {}): Promise<HealthchecksService> {
  const { bodyLimit = 100_000, isHosted = true } = manner;
  const pings: KeptPing[] = [];
  const known = new Set([CHECK, "nightly", "media-library"]);
  const service = await startService((request) => answer(request, pings, known, { bodyLimit, isHosted }));
  const stateOf = (check: string) => {
    const last = pings.findLast((ping) => ping.check === check && (ping.kind === "success" || ping.kind === "fail"));
    return last ? (last.kind === "fail" ? "down" : "up") : "new";
  };
  return Object.assign(service, { pings, stateOf });
}

const PATH =
  /^(?:\/ping)?\/(?:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|([\w-]{22})\/([\w-]+))(?:\/(start|fail|log|\d+))?\/?$/;

function answer(
  { method, path, query, body }: ServiceRequest,
  pings: KeptPing[],
  known: Set<string>,
  { bodyLimit, isHosted }: Manner,
): ServiceReply {
  const [, uuid, key, slug, tail] = PATH.exec(path) ?? [];
  if (!["GET", "HEAD", "POST"].includes(method)) return { status: 405, body: "method not allowed" };
  const check = uuid ?? slug;
  if (!check) return { status: 404, body: "not found" };
  if (slug && slug !== slug.toLowerCase()) return { status: 400, body: "invalid url format" };
  if (tail && /^\d+$/.test(tail) && Number(tail) > 255) return { status: 400, body: "invalid url format" };
  const rid = query.get("rid");
  if (rid !== null && !/^[0-9a-f-]{36}$/i.test(rid)) return { status: 400, body: "invalid uuid format" };
  if (slug === "twice") return { status: 409, body: "ambiguous slug" };
  if (slug === "busy") return { status: 429, body: "rate limited" };
  if (uuid?.startsWith("ffffffff")) return { status: 200, body: "OK (rate limited)" };
  const isNew = !known.has(check) && key === PING_KEY && query.get("create") === "1";
  if ((!known.has(check) || (key && key !== PING_KEY)) && !isNew) {
    return uuid && isHosted ? { status: 200, body: "OK (not found)" } : { status: 404, body: "not found" };
  }
  known.add(check);
  const kind = tail === undefined || tail === "0" ? "success" : tail === "start" || tail === "log" ? tail : "fail";
  const kept = Buffer.from(body).subarray(0, bodyLimit).toString();
  pings.push({ check, kind, rid, body: kept });
  return {
    status: isNew ? 201 : 200,
    body: isNew ? "Created" : "OK",
    headers: { "ping-body-limit": String(bodyLimit) },
  };
}

export const forForms: ServiceForForms<HealthchecksService> = {
  provider: "healthchecks",
  start: () => startHealthchecks(),
  config: (url) => ({ pingUrl: `${url}/${CHECK}` }),
  secretField: "pingUrl",
  texts: (service) => service.pings.map(({ body }) => body),
};
