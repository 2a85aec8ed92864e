import { z } from "zod";
import { type AnswerRules, defineProvider, field } from "./contract";
import { isWebPage } from "./kit/answer-rules";
import { classify } from "./kit/classify";
import type { HttpAnswer } from "./kit/http";
import { brandMark } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import { type JobValues, jobFor, namesJob, pingAddress, pingUrlField, WITHOUT_JOB } from "./kit/ping-url";
import { type MonitorSignal, signalOf, warningIsFailure } from "./kit/run-signal";

const STATUSES: Record<MonitorSignal, string> = { start: "in_progress", success: "ok", failure: "error", note: "ok" };
const CRON_PATH = /\/api\/[^/]+\/cron\/[^/]+\/[^/]+\/?$/;
/** A DSN as Sentry shows it: the key before the host, the project after it. */
const DSN = /^(https?:\/\/)([^/@:{]+)(?::[^/@]*)?@([^/?#]+)((?:\/[^/?#]+)*)\/(\d+)\/?$/;

/**
 * Relay answers 202, without a body, to every check-in that it can read, and JSON with `detail` otherwise
 * (relay-server/src/endpoints/monitor.rs). Older servers answer with the check-in's id.
 */
const answers: AnswerRules = {
  service: "Sentry",
  proof: { expected: "with 202", holds: (answer) => answer.status === 202 && !isWebPage(answer) },
  isOwn: ({ body }) => typeof objectIn(body)?.detail === "string",
  address: "Copy the monitor's address, or the project's DSN, again.",
};

interface Payload {
  status: string;
  /** The run: its start and its end are one check-in. */
  checkInId?: string;
  environment?: string;
  isNote?: true;
  job?: JobValues;
}

/** Sentry Crons: a check-in for each run. */
export const sentry = defineProvider({
  id: "sentry",
  label: "Sentry Crons",
  tagline: "Cron check-ins per job",
  aliases: ["crons", "check-in"],
  icon: brandMark(
    "M13.91 2.505c-.873-1.448-2.972-1.448-3.844 0L6.904 7.92a15.478 15.478 0 0 1 8.53 12.811h-2.221A13.301 13.301 0 0 0 5.784 9.814l-2.926 5.06a7.65 7.65 0 0 1 4.435 5.848H2.194a.365.365 0 0 1-.298-.534l1.413-2.402a5.16 5.16 0 0 0-1.614-.913L.296 19.275a2.182 2.182 0 0 0 .812 2.999 2.24 2.24 0 0 0 1.086.288h6.983a9.322 9.322 0 0 0-3.845-8.318l1.11-1.922a11.47 11.47 0 0 1 4.95 10.24h5.915a17.242 17.242 0 0 0-7.885-15.28l2.244-3.845a.37.37 0 0 1 .504-.13c.255.14 9.75 16.708 9.928 16.9a.365.365 0 0 1-.327.543h-2.287c.029.612.029 1.223 0 1.831h2.297a2.206 2.206 0 0 0 1.922-3.31z",
  ),
  docsUrl: "https://docs.sentry.io/product/crons/getting-started/http/",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  wantsRun: true,
  // https://docs.sentry.io/product/crons/getting-started/#rate-limits; Relay answers 202 to what is dropped, too.
  rate: { requests: 6, perMs: 60_000, per: "job" },
  limits: { environment: { max: 64, unit: "codepoints" } },
  concurrency: 1,
  foldAbove: null,
  config: () =>
    z.object({
      pingUrl: pingUrlField({
        label: "Check-in URL or DSN",
        help: "The cron monitor's HTTP address, with a fixed slug or {{job.slug}}. A DSN works as well: the job's slug then names the monitor",
        placeholder: "https://o0.ingest.sentry.io/api/0/cron/…",
        check: (url) =>
          CRON_PATH.test(url.pathname) || DSN.test(url.href)
            ? null
            : "A check-in URL ends in /api/PROJECT/cron/MONITOR/KEY/; a DSN looks like https://KEY@HOST/PROJECT.",
      }),
      environment: field(
        z
          .string()
          .trim()
          .max(64, "At most 64 characters.")
          .regex(/^[^\s/]*$/, "An environment's name has no spaces and no slashes.")
          .optional(),
        { label: "Environment", help: "Empty: production, Sentry's default", advanced: true },
      ),
      warningIsFailure,
    }),
  example: {
    pingUrl: "https://o450000.ingest.sentry.io/api/4507123456/cron/nightly-backup/5f80ec9a3b7d4e1c8f2a6b0d9c3e7f11/",
    environment: "production",
  },
  needsValues: ({ pingUrl }) => namesJob(templateOf(pingUrl)),
  isPerJob: ({ pingUrl }) => !namesJob(templateOf(pingUrl)),
  needsJob: ({ pingUrl }) => namesJob(templateOf(pingUrl)),

  render(notification, config, context): Payload {
    const signal = signalOf(notification, context, config);
    return {
      status: STATUSES[signal],
      ...(signal !== "note" && context.run ? { checkInId: context.run.rid } : {}),
      ...(config.environment ? { environment: config.environment } : {}),
      ...(signal === "note" ? { isNote: true } : {}),
      ...jobFor(templateOf(config.pingUrl), context),
    };
  },

  async send(payload, config, io) {
    const base = pingAddress(templateOf(config.pingUrl), payload.job);
    if (base === null) return WITHOUT_JOB;
    const answer = await io.http.request({ url: checkInUrl(base, payload), method: "GET" });
    const outcome = classify(answer, answers);
    if (outcome.kind === "retry") {
      const afterMs = limitOf(answer) ?? outcome.afterMs;
      return afterMs === undefined ? outcome : { ...outcome, afterMs };
    }
    return outcome.kind === "sent" && payload.isNote ? { ...outcome, advice: COUNTS } : outcome;
  },

  parts: ({ environment }) => ({ environment: environment ? [environment] : [] }),

  preview: ({ status, checkInId, environment }) => ({
    kind: "monitor",
    title: status,
    facts: [
      { label: "Status", value: status },
      ...(checkInId ? [{ label: "Check-in", value: checkInId }] : []),
      ...(environment ? [{ label: "Environment", value: environment }] : []),
    ],
  }),

  fromUrl(text) {
    const trimmed = text.trim();
    // Other addresses also have a user and a number at the end; these keys are 32 hexadecimal digits.
    if (/^https?:\/\/[0-9a-f]{32}@/.test(trimmed) && DSN.test(trimmed)) return { pingUrl: trimmed };
    const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
    return url && CRON_PATH.test(url.pathname) ? { pingUrl: trimmed } : null;
  },

  advise({ status }) {
    if (status === 400) return "Sentry found the check-in invalid; its answer says why.";
    if (status === 401 || status === 403)
      return "Sentry does not accept this key for this project. Copy the monitor's address, or the project's DSN, again.";
    if (status === 404) return "Sentry does not know this monitor or project. Check the address.";
    if (status === 429)
      return "Sentry accepts six check-ins a minute for each monitor, and no more than the plan allows. Belfry waits as long as Sentry asks.";
    return undefined;
  },
});

const COUNTS =
  "A check-in with status “ok” was sent: Sentry has no neutral check-in. It answers 202 for unknown monitors as well: check in Sentry whether it has arrived.";

/** A DSN names the project; the monitor is then the job's slug. */
function templateOf(pingUrl: string): string {
  const [, protocol, key, host, path = "", project] = DSN.exec(pingUrl) ?? [];
  return key ? `${protocol}${host}${path}/api/${project}/cron/{{job.slug}}/${key}/` : pingUrl;
}

/** A pasted address may contain a status already, and Sentry would use the first. */
function checkInUrl(base: string, { status, checkInId, environment }: Payload): string {
  const url = new URL(base);
  url.hash = "";
  for (const name of ["status", "check_in_id", "duration"]) url.searchParams.delete(name);
  url.searchParams.set("status", status);
  if (checkInId) url.searchParams.set("check_in_id", checkInId);
  if (environment) url.searchParams.set("environment", environment);
  return url.href;
}

/** `60:monitor:key, 2700::organization`: https://develop.sentry.dev/sdk/expected-features/rate-limiting/ */
function limitOf(answer: HttpAnswer): number | undefined {
  const header = answer.kind === "answer" ? answer.headers["x-sentry-rate-limits"] : undefined;
  const spans = (header ?? "").split(",").flatMap((part) => {
    const [seconds = "", categories = ""] = part.trim().split(":");
    const isOurs = categories === "" || categories.split(";").includes("monitor");
    return isOurs && Number(seconds) > 0 ? [Math.min(Number(seconds), 86_400) * 1000] : [];
  });
  return spans.length > 0 ? Math.max(...spans) : undefined;
}
