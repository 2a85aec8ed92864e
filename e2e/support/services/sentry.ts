import { type Service, type ServiceForForms, type ServiceReply, type ServiceRequest, startService } from "./service";

export const SENTRY_KEY = "5f80ec9a3b7d4e1c8f2a6b0d9c3e7f11";

export interface CheckIn {
  monitor: string;
  id: string | null;
  statuses: string[];
  environment: string;
}

export interface SentryService extends Service {
  checkIns: CheckIn[];
}

/** Check-ins of one monitor in one minute; what exceeds them is dropped, and answered like all others. */
const A_MINUTE = 6;

/** Behaves like the check-in address of a cron monitor. https://docs.sentry.io/product/crons/getting-started/http/ */
export async function startSentry({ limitsRate = false } = {}): Promise<SentryService> {
  const checkIns: CheckIn[] = [];
  const times = new Map<string, number[]>();
  const isTooMany = ({ path }: ServiceRequest) => {
    const now = Date.now();
    const recent = (times.get(path) ?? []).filter((at) => at > now - 60_000);
    times.set(path, [...recent, now]);
    return limitsRate && recent.length >= A_MINUTE;
  };
  const service = await startService((request) => (isTooMany(request) ? { status: 202 } : answer(request, checkIns)));
  return Object.assign(service, { checkIns });
}

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

function answer({ method, path, query }: ServiceRequest, checkIns: CheckIn[]): ServiceReply {
  const [, project, monitor, key] = /^\/api\/([^/]+)\/cron\/([^/]+)\/([^/]+)\/?$/.exec(path) ?? [];
  if (!monitor || (method !== "GET" && method !== "POST")) return { status: 404, body: { detail: "Not Found" } };
  if (project !== "4507123456" || key !== SENTRY_KEY)
    return { status: 403, body: { detail: "event submission rejected with_reason: ProjectId" } };
  const [status = "", second] = query.getAll("status");
  const id = query.get("check_in_id");
  if (second !== undefined || !["in_progress", "ok", "error"].includes(status))
    return { status: 400, body: { detail: "invalid check-in status" } };
  if (id !== null && !UUID.test(id)) return { status: 400, body: { detail: "invalid check-in id" } };
  const open = checkIns.find((one) => id !== null && one.id === id);
  if (open) open.statuses.push(status);
  else {
    const environment = query.get("environment") ?? "production";
    checkIns.push({ monitor: decodeURIComponent(monitor), id, statuses: [status], environment });
  }
  return { status: 202, body: { id: id ?? "b0e1c0f0-0000-4000-8000-000000000000" } };
}

export const forForms: ServiceForForms<SentryService> = {
  provider: "sentry",
  start: startSentry,
  config: (url) => ({ pingUrl: `${url}/api/4507123456/cron/nightly-backup/${SENTRY_KEY}/` }),
  secretField: "pingUrl",
  // Check-ins carry no text; one without an id is what a Test sends.
  texts: (service) => service.checkIns.flatMap(({ id, statuses }) => (id === null ? ["a Test"] : statuses)),
};
