import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const CRONITOR_KEY = "2f6d3c8e9b7a4f10a5c4d3e2b1a09f8e";

export interface CronitorEvent {
  monitor: string;
  state: string;
  series: string | null;
  message: string | null;
  host: string | null;
}

export interface CronitorService extends Service {
  /** Events that were taken; those with a wrong key are answered like all others and never appear. */
  events: CronitorEvent[];
}

/** Behaves like the Telemetry API: every answer is 200, monitors come into being by themselves. https://cronitor.io/docs/telemetry-api */
export async function startCronitor(): Promise<CronitorService> {
  const events: CronitorEvent[] = [];
  return Object.assign(await startService((request) => answer(request, events)), { events });
}

function answer({ method, path, query }: ServiceRequest, events: CronitorEvent[]): ServiceReply {
  const [, key, monitor] = /^\/p\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (!key || !monitor || !["GET", "HEAD", "POST"].includes(method)) return { status: 404, body: "Not Found" };
  const state = query.getAll("state");
  const message = query.get("message");
  if (path.length + query.toString().length > 8_000) return { status: 414, body: "URI Too Long" };
  if (key !== CRONITOR_KEY) return { status: 200, body: "OK" };
  // Two states at once, an unknown one or a long message would not be kept.
  if (state.length !== 1 || !["run", "complete", "fail", "ok"].includes(state[0] ?? ""))
    return { status: 400, body: "state" };
  if ([...(message ?? "")].length > 2000) return { status: 400, body: "message" };
  events.push({
    monitor: decodeURIComponent(monitor),
    state: state[0] ?? "",
    series: query.get("series"),
    message,
    host: query.get("host"),
  });
  return { status: 200, body: "OK" };
}

export const forForms: ServiceForForms<CronitorService> = {
  provider: "cronitor",
  start: startCronitor,
  config: (url) => ({ pingUrl: `${url}/p/${CRONITOR_KEY}/nightly-backup` }),
  secretField: "pingUrl",
  texts: (service) => service.events.map(({ message }) => message ?? ""),
  // Cronitor answers 200 to every key; what it cannot even be asked is refused.
  wrongSecret: `https://cronitor.link/p/${CRONITOR_KEY}/{{job.slug}}`,
  refusal: "The address names the job",
};
