import { z } from "zod";
import { type AnswerRules, defineProvider } from "./contract";
import { isPlainLine } from "./kit/answer-rules";
import { classify } from "./kit/classify";
import { disc } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import { type JobValues, jobFor, namesJob, pingAddress, pingUrlField, WITHOUT_JOB } from "./kit/ping-url";
import { type MonitorSignal, signalOf, warningIsFailure } from "./kit/run-signal";

const WORDS: Record<MonitorSignal, string> = { start: "start", success: "finish", failure: "fail", note: "ping" };
const SIGNALS = new Set(Object.values(WORDS));

/** What answered is not documented, and today only other services speak the protocol: a word or `success`, never a page. */
const answers: AnswerRules = {
  service: "the monitoring service",
  proof: {
    expected: 'with a word such as OK, with "success":true, or with nothing',
    holds: (answer) => {
      const said = objectIn(answer.body);
      return answer.body.trim() === "" || isPlainLine(answer) || said?.success === true || said?.ok === true;
    },
  },
  isOwn: (answer) => isPlainLine(answer) || /"(error|errors|message|detail)"\s*:/.test(answer.body.slice(0, 500)),
};

interface Payload {
  signal: MonitorSignal;
  job?: JobValues;
}

/** Hosts of Cronhub, and of the service that took over its protocol. */
export const cronhub = defineProvider({
  id: "cronhub",
  label: "Cronhub",
  tagline: "One monitor per job",
  aliases: ["heartbeat"],
  icon: { path: `${disc(12, 12, 11)}${disc(12, 12, -8.6)}M10.8 6h2.4v5.3l4 2.4-1.2 2-5.2-3.1z` },
  docsUrl: "https://docs.cronhub.io/how-to-ping.html",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers],
  wantsRun: true,
  limits: {},
  concurrency: 1,
  foldAbove: null,
  config: () =>
    z.object({
      pingUrl: pingUrlField({
        label: "Ping URL",
        help: "Cronhub itself has shut down. This is for services that accept its pings instead, including Belfry's own receivers",
        placeholder: "https://monitor.example.org/ping/…",
        check: (url) =>
          signalUrl(url.href, "success")
            ? null
            : "A Cronhub URL contains /ping/, /start/, /finish/ or /fail/, followed by the monitor's id.",
      }),
      warningIsFailure,
    }),
  example: { pingUrl: "https://cronhub.io/ping/1f5e3410-254c-11e8-b61d-55875966d031" },
  needsValues: ({ pingUrl }) => namesJob(pingUrl),
  isPerJob: ({ pingUrl }) => !namesJob(pingUrl),
  needsJob: ({ pingUrl }) => namesJob(pingUrl),

  render: (notification, config, context): Payload => ({
    signal: signalOf(notification, context, config),
    ...jobFor(config.pingUrl, context),
  }),

  async send({ signal, job }, config, io) {
    const base = pingAddress(config.pingUrl, job);
    const url = base && signalUrl(base, signal);
    if (!url) return WITHOUT_JOB;
    const outcome = classify(await io.http.request({ url, method: "GET" }), answers);
    return outcome.kind === "sent" && signal === "note" ? { ...outcome, advice: COUNTS } : outcome;
  },

  parts: () => ({}),

  preview: ({ signal }) => ({
    kind: "monitor",
    title: { start: "Started", success: "Finished", failure: "Failed", note: "Ping" }[signal],
    facts: [{ label: "Signal", value: WORDS[signal] }],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isTheirs = url?.hostname === "cronhub.io" || url?.hostname.endsWith(".cronhub.io");
    return isTheirs && signalUrl(text, "success") ? { pingUrl: text.trim() } : null;
  },

  advise({ status, reason }) {
    if (/cronhub\.io/.test(reason))
      return "Cronhub has shut down. Point the URL at a service that accepts its pings instead.";
    if (status === 404) return "No monitor has this address. Copy the ping URL again.";
    return undefined;
  },
});

const COUNTS = "A ping was sent. It counts as a successful run: the protocol has no neutral signal.";

/**
 * The address of a signal: exactly one word of the path is replaced, the last one that is followed by another segment.
 * @returns null when there is none
 */
export function signalUrl(base: string, signal: MonitorSignal): string | null {
  const url = new URL(base);
  url.hash = "";
  const segments = url.pathname.split("/");
  const at = segments.findLastIndex(
    (segment, index) => SIGNALS.has(segment) && segments.slice(index + 1).some(Boolean),
  );
  if (at < 0) return null;
  segments[at] = WORDS[signal];
  url.pathname = segments.join("/");
  return url.href;
}
