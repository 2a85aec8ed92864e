import { z } from "zod";
import { type AnswerRules, defineProvider } from "./contract";
import { isPlainLine, isWebPage } from "./kit/answer-rules";
import { classify } from "./kit/classify";
import { type JobValues, jobFor, namesJob, pingAddress, pingUrlField, WITHOUT_JOB } from "./kit/ping-url";
import { type MonitorSignal, reportOf, signalOf, warningIsFailure } from "./kit/run-signal";
import { withoutTail } from "./kit/without-tail";

/** Cronitor takes 2,000 characters; counted in bytes, so that the address stays short once they are encoded. */
const limits = { message: { max: 2000, unit: "bytes" } } as const;

const STATES: Record<MonitorSignal, string> = { start: "run", success: "complete", failure: "fail", note: "ok" };
/** Endings of the older ping URLs, which tools still use. */
const TAIL_WORDS = new Set(["run", "complete", "fail", "ok"]);
const OURS = ["state", "series", "message", "msg", "metric", "status_code", "duration"];
const HOSTS = new Set(["cronitor.link", "cronitor.io"]);

/**
 * The documentation names statuses only; the interface answers `OK`, and the service's own monitors look for it
 * (https://github.com/cronitorio/cronitor-python: "response.body contains ok").
 */
const answers: AnswerRules = {
  service: "Cronitor",
  proof: { expected: "with OK", holds: (answer) => !isWebPage(answer) && /\bok\b/i.test(answer.body.slice(0, 200)) },
  isOwn: (answer) => isPlainLine(answer) || /"(error|errors|message|detail)"\s*:/.test(answer.body.slice(0, 500)),
  address: "A telemetry URL looks like https://cronitor.link/p/KEY/MONITOR.",
};

interface Payload {
  state: string;
  /** Joins the events of one run. */
  series?: string;
  message: string;
  host?: string;
  job?: JobValues;
}

/** Cronitor: telemetry events of each run. */
export const cronitor = defineProvider({
  id: "cronitor",
  label: "Cronitor",
  tagline: "One monitor per job",
  aliases: ["heartbeat", "telemetry"],
  icon: { path: "M.8 11h4.8L8.7 3h2.2l4 12.4L17.2 11h6v2.4h-4.6L15.8 19h-2.2L9.7 7.3l-2.4 6.1H.8z" },
  docsUrl: "https://cronitor.io/docs/telemetry-api",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers],
  wantsRun: true,
  limits,
  rate: { requests: 5, perMs: 1_000 },
  concurrency: 1,
  foldAbove: null,
  config: () =>
    z.object({
      pingUrl: pingUrlField({
        label: "Telemetry URL",
        help: "From the monitor. One channel serves all jobs when the URL names the job: https://cronitor.link/p/API-KEY/{{job.slug}}",
        placeholder: "https://cronitor.link/p/…",
      }),
      warningIsFailure,
    }),
  example: { pingUrl: "https://cronitor.link/p/2f6d3c8e9b7a4f10a5c4d3e2b1a09f8e/nightly-backup" },
  needsValues: ({ pingUrl }) => namesJob(pingUrl),
  isPerJob: ({ pingUrl }) => !namesJob(pingUrl),
  needsJob: ({ pingUrl }) => namesJob(pingUrl),

  render(notification, config, context): Payload {
    const signal = signalOf(notification, context, config);
    const host = hostOf(context.installation.url);
    return {
      state: STATES[signal],
      ...(signal !== "note" && context.run ? { series: context.run.rid } : {}),
      message: reportOf(notification, context, limits.message),
      ...(host ? { host } : {}),
      ...jobFor(config.pingUrl, context),
    };
  },

  async send(payload, config, io) {
    const base = pingAddress(config.pingUrl, payload.job);
    if (base === null) return WITHOUT_JOB;
    const outcome = classify(await io.http.request({ url: telemetryUrl(base, payload), method: "GET" }), answers);
    return outcome.kind === "sent" && payload.state === STATES.note ? { ...outcome, advice: UNSURE } : outcome;
  },

  parts: ({ message }) => ({ message: [message] }),

  preview: ({ state, series, message, host }) => ({
    kind: "monitor",
    title: state,
    text: message,
    facts: [
      { label: "State", value: state },
      ...(series ? [{ label: "Series", value: series }] : []),
      ...(host ? [{ label: "Host", value: host }] : []),
    ],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url && HOSTS.has(url.hostname) && /^\/p\/[^/]+\/[^/]+/.test(url.pathname) ? { pingUrl: text.trim() } : null;
  },

  advise({ status }) {
    if (status === 403 || status === 404)
      return "Cronitor does not know this address. Copy the telemetry URL of the monitor again.";
    if (status === 414) return "The address is too long. Leave out the log.";
    if (status === 429)
      return "Cronitor accepts five events a second for each monitor. Belfry waits, then continues; nothing is lost.";
    return undefined;
  },
});

/** Cronitor checks the key only later, so an answer proves little. */
const UNSURE =
  "The event “ok” was sent, which sets the monitor to healthy. Cronitor answers 200 to wrong keys as well: check in Cronitor whether the event has arrived.";

/**
 * The address of an event. A pasted one may end in `/run`, `/complete` or `/fail`, or hold a state already: both are
 * replaced, since Cronitor would use the first.
 */
export function telemetryUrl(base: string, payload: Omit<Payload, "job">): string {
  const url = new URL(base);
  url.hash = "";
  const segments = url.pathname.split("/").filter(Boolean);
  // After /p/ and the key comes the monitor, whatever its name.
  const isMonitor = segments.length < 2 || (segments.length === 3 && segments[0] === "p");
  if (!isMonitor && TAIL_WORDS.has(segments.at(-1) ?? "")) segments.pop();
  url.pathname = `/${segments.join("/")}`;
  for (const [name, value] of url.searchParams.entries()) {
    const bare = withoutTail(value, (word) => TAIL_WORDS.has(word));
    if (bare !== value) url.searchParams.set(name, bare);
  }
  for (const name of OURS) url.searchParams.delete(name);
  url.searchParams.set("state", payload.state);
  if (payload.series) url.searchParams.set("series", payload.series);
  if (payload.host && !url.searchParams.has("host")) url.searchParams.set("host", payload.host);
  url.searchParams.set("message", payload.message);
  return url.href;
}

function hostOf(url: string | null): string {
  return url && URL.canParse(url) ? new URL(url).hostname : "";
}
