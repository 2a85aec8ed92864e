import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const LOKI_PASSWORD = "example-loki-password";

export interface LokiService extends Service {
  /** Lines by stream, as its labels are written in a query. */
  streams: Map<string, { at: bigint; line: string }[]>;
}

interface Manner {
  tenant?: string;
  /** How far behind the newest line of a stream another one may be, milliseconds. */
  patienceMs: number;
}

/**
 * Behaves like Loki's push endpoint with its defaults: labels, line sizes, strings for times, lines too far behind.
 * https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 */
export async function startLoki(manner: Partial<Manner> = {}): Promise<LokiService> {
  const streams: LokiService["streams"] = new Map();
  const service = await startService((request) => answer(request, streams, { patienceMs: 3_600_000, ...manner }));
  return Object.assign(service, { streams });
}

function answer(
  request: ServiceRequest,
  streams: LokiService["streams"],
  { tenant, patienceMs }: Manner,
): ServiceReply {
  const { method, path, headers, json, body } = request;
  if (path !== "/loki/api/v1/push") return { status: 404, body: "404 page not found" };
  if (method !== "POST") return { status: 405, body: "" };
  const basic = `Basic ${Buffer.from(`belfry:${LOKI_PASSWORD}`).toString("base64")}`;
  if (headers.authorization !== basic) return { status: 401, body: "Unauthorized" };
  if (tenant !== undefined && headers["x-scope-orgid"] !== tenant) return { status: 401, body: "no org id" };
  if (headers["content-type"] !== "application/json") return { status: 400, body: "proto: illegal wireType 7" };
  if (body.length > 4 * 1024 * 1024) return { status: 413, body: "request body too large" };
  const { streams: sent } = json as { streams: { stream: Record<string, string>; values: [unknown, unknown][] }[] };
  for (const { stream, values } of sent) {
    const names = Object.keys(stream);
    if (names.length === 0) return { status: 400, body: "error at least one label pair is required per stream" };
    if (names.length > 15) return { status: 400, body: `entry for stream has ${names.length} label names; limit 15` };
    if (Object.values(stream).some((value) => Buffer.byteLength(value) > 2048))
      return { status: 400, body: "stream has label value too long" };
    if (values.some(([at, line]) => typeof at !== "string" || !/^\d{19}$/.test(at) || typeof line !== "string"))
      return {
        status: 400,
        body: "loghttp.PushRequest.Streams: unmarshalerDecoder: Value looks like Number/Boolean/None",
      };
    if (values.some(([, line]) => Buffer.byteLength(String(line)) > 262_144))
      return { status: 400, body: "Max entry size '262144' bytes exceeded for stream" };
    const name = `{${names
      .sort()
      .map((one) => `${one}=${JSON.stringify(stream[one])}`)
      .join(", ")}}`;
    const kept = streams.get(name) ?? [];
    streams.set(name, kept);
    const before = kept.length;
    for (const [at, line] of values as [string, string][]) {
      const newest = kept.at(-1)?.at ?? 0n;
      if (BigInt(at) >= newest - BigInt(patienceMs) * 1_000_000n) kept.push({ at: BigInt(at), line });
    }
    const ignored = values.length - (kept.length - before);
    if (ignored > 0)
      return {
        status: 400,
        body: `entry with timestamp ignored, reason: 'entry too far behind, oldest acceptable timestamp is: 2026',\nuser 'fake', total ignored: ${ignored} out of ${values.length} for stream: ${name}`,
      };
  }
  return { status: 204 };
}

export const forForms: ServiceForForms<LokiService> = {
  provider: "loki",
  start: () => startLoki(),
  config: (url) => ({ url: `${url}/loki/api/v1/push`, user: "belfry", password: LOKI_PASSWORD }),
  secretField: "password",
  texts: (service) => [...service.streams.values()].flat().map(({ line }) => line),
};
