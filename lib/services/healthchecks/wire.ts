import type { z } from "zod";
import type { checkPingSchema } from "./pings";
import type { CheckView } from "./view";

/** Versions of the API of Healthchecks. */
export const CHECK_API_VERSIONS = [1, 2, 3] as const;
export type CheckApiVersion = (typeof CHECK_API_VERSIONS)[number];

/** A time as Healthchecks writes it: whole seconds, with an offset. */
export function wireTime(iso: string): string {
  return `${iso.slice(0, 19)}+00:00`;
}

/** A check as Healthchecks answers it. Who may not report in its name gets a key in place of its addresses. */
export function checkJson(check: CheckView, version: CheckApiVersion) {
  const { failure, success } = check.keywords ?? { failure: [], success: [] };
  const hasFilter = failure.length + success.length > 0;
  return {
    name: check.name,
    slug: check.slug,
    tags: check.tags.join(" "),
    desc: "",
    grace: check.graceMinutes * 60,
    n_pings: check.pings,
    // The first version has no field of its own for it.
    status: version === 1 && check.isStarted ? "started" : check.status,
    ...(version > 1 && { started: check.isStarted }),
    last_ping: check.lastPingAt && wireTime(check.lastPingAt),
    next_ping: check.nextPingAt && wireTime(check.nextPingAt),
    // Belfry notes what is reported of a paused job, and resumes it only when asked to.
    manual_resume: true,
    methods: check.methods === "post" ? "POST" : "",
    subject: "",
    subject_fail: "",
    start_kw: "",
    success_kw: success.join(","),
    failure_kw: failure.join(","),
    filter_subject: false,
    filter_body: false,
    filter_http_body: hasFilter,
    filter_default_fail: false,
    ...(check.lastDurationMs !== null && { last_duration: Math.round(check.lastDurationMs / 1_000) }),
    ...(check.uuid === null ? { unique_key: check.uniqueKey } : addressesJson(check, version)),
    ...scheduleJson(check.schedule),
  };
}

function addressesJson({ uuid, pingUrl, updateUrl, badgeUrl, channelIds }: CheckView, version: CheckApiVersion) {
  const own = checkUrl(updateUrl, version);
  return {
    uuid,
    ping_url: pingUrl,
    update_url: own,
    pause_url: `${own}/pause`,
    resume_url: `${own}/resume`,
    badge_url: badgeUrl,
    channels: (channelIds ?? []).join(","),
  };
}

/** The address of a check in one version of the API. @param updateUrl as its view has it */
export function checkUrl(updateUrl: string | null, version: CheckApiVersion): string {
  return updateUrl?.replace("/api/v3/", `/api/v${version}/`) ?? "";
}

/** A job without a schedule is expected at no time: Healthchecks knows no such check. */
function scheduleJson(schedule: CheckView["schedule"]) {
  if (schedule === null) return { timeout: null };
  if ("periodMinutes" in schedule) return { timeout: schedule.periodMinutes * 60 };
  return { schedule: "cron" in schedule ? schedule.cron : schedule.onCalendar, tz: schedule.timezone };
}

const TYPES = { start: "start", success: "success", warning: "success", failure: "fail", log: "log", unknown: "ign" };

/** A report as Healthchecks answers it. @param address that of its check */
export function pingJson(ping: z.infer<typeof checkPingSchema>, address: string) {
  const isMail = ping.method === "MAIL";
  return {
    type: TYPES[ping.state],
    // In microseconds, as Healthchecks has it.
    date: `${ping.at.slice(0, -1)}000+00:00`,
    n: ping.n,
    scheme: isMail ? "email" : "http",
    remote_addr: ping.address ?? "",
    method: isMail ? "" : ping.method,
    ua: ping.userAgent ?? "",
    ...(ping.runKey !== null && { rid: ping.runKey }),
    ...(ping.durationMs !== null && { duration: ping.durationMs / 1_000 }),
    body_url: ping.hasText ? `${address}/pings/${ping.n}/body` : null,
  };
}

/** How Healthchecks names a service, where Belfry has another name for it. */
const KINDS: Record<string, string> = {
  pagerduty: "pd",
  pushover: "po",
  teams: "msteamsw",
  "google-chat": "googlechat",
  command: "shell",
  twilio: "sms",
};

/** A channel as Healthchecks answers an integration. */
export function channelJson({ id, name, provider }: { id: string; name: string; provider: string }) {
  return { id, name, kind: KINDS[provider] ?? provider };
}
