import { z } from "zod";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, type RenderContext, type SendResult } from "./contract";
import { classify, reasonOf } from "./kit/classify";
import { brandMark } from "./kit/icon";
import { objectIn } from "./kit/json-body";
import { type JobValues, jobFor, namesJob, pingAddress, pingUrlField, WITHOUT_JOB } from "./kit/ping-url";
import { durationOf, type MonitorSignal, reportOf, signalOf, warningIsFailure } from "./kit/run-signal";

/** Uptime Kuma keeps any length; this much fits into a list and below every proxy's limit of an address. */
const limits = { msg: { max: 1000, unit: "bytes" } } as const;

/** More is refused with 400. */
const LONGEST_PING_MS = 86_400_000;

/**
 * The push route answers every exception with `ok:false` and its text, a locked database too; the status is 404 up to
 * version 1.23 and 500 later. Only these two sentences are about the request (server/routers/api-router.js).
 */
const FINAL = /^Monitor not found or not active\b|^(?:Invalid ping value|Ping value)\b/;

const answers: AnswerRules = {
  service: "Uptime Kuma",
  proof: { expected: 'with "ok":true', holds: ({ body }) => objectIn(body)?.ok === true },
  isOwn: ({ body }) => objectIn(body)?.ok === false,
  address: "A push URL contains /api/push/ and a token.",
};

interface Payload {
  status: "up" | "down";
  msg: string;
  /** Milliseconds that the run took. */
  ping?: number;
  isNote?: true;
  job?: JobValues;
}

/** Uptime Kuma: a push monitor's heartbeat for each run. */
export const uptimeKuma = defineProvider({
  id: "uptime-kuma",
  label: "Uptime Kuma",
  tagline: "One push monitor per job",
  aliases: ["Kuma", "heartbeat"],
  icon: brandMark(
    "M11.759.955c-4.071 0-7.93 2.265-10.06 5.774l-.16.263-.116.284c-1.81 4.44-2.188 9.118.621 12.459 2.67 3.174 6.221 3.328 9.477 3.308 3.256-.02 6.323-.482 8.995-2.032C22.75 19.714 24 16.917 24 14.53c0-2.388-.724-4.698-1.882-7.343l-.112-.257-.148-.238C19.683 3.2 15.83.955 11.758.955Zm0 3.868c2.919 0 5.19 1.305 6.816 3.914 2.076 4.747 2.076 7.724 0 8.929-3.116 1.808-11.234 2.359-13.57-.42-1.558-1.853-1.558-4.69 0-8.51 1.584-2.608 3.835-3.913 6.754-3.913z",
  ),
  docsUrl: "https://github.com/louislam/uptime-kuma/wiki/Internal-API",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  wantsRun: true,
  // A push monitor knows up and down only: a start would be a beat of its own.
  ruleStates: ["success", "warning", "failure"],
  limits,
  concurrency: 1,
  foldAbove: null,
  config: () =>
    z.object({
      pushUrl: pingUrlField({
        label: "Push URL",
        help: "Of a monitor of type Push. Its query (?status=up&…) may stay: Belfry replaces it",
        placeholder: "https://kuma.example.org/api/push/…",
      }),
      warningIsFailure,
    }),
  example: { pushUrl: "https://kuma.example.org/api/push/a1B2c3D4e5F6g7H8" },
  needsValues: ({ pushUrl }) => namesJob(pushUrl),
  isPerJob: ({ pushUrl }) => !namesJob(pushUrl),
  needsJob: ({ pushUrl }) => namesJob(pushUrl),

  render(notification, config, context): Payload {
    const signal = signalOf(notification, context, config);
    const ping = signal === "success" ? durationOf(context) : undefined;
    return {
      status: statusOf(signal, config, context),
      msg: signal === "start" ? "start" : reportOf(notification, context, limits.msg),
      ...(ping !== undefined && ping <= LONGEST_PING_MS ? { ping: Math.round(ping) } : {}),
      ...(signal === "note" ? { isNote: true } : {}),
      ...jobFor(config.pushUrl, context),
    };
  },

  async send(payload, config, io): Promise<SendResult> {
    const base = pingAddress(config.pushUrl, payload.job);
    if (base === null) return WITHOUT_JOB;
    const answer = await io.http.request({ url: heartbeatUrl(base, payload), method: "GET" });
    const outcome = classify(answer, answers);
    const refusal = answer.kind === "answer" ? refusalIn(answer.body) : null;
    if (refusal !== null && outcome.status !== undefined) {
      const { status, answer: said } = outcome;
      const kind = FINAL.test(refusal) ? "rejected" : "retry";
      const afterMs = outcome.kind === "retry" && outcome.afterMs !== undefined ? { afterMs: outcome.afterMs } : {};
      return { kind, reason: reasonOf(status, refusal), status, ...(said ? { answer: said } : {}), ...afterMs };
    }
    return outcome.kind === "sent" && payload.isNote ? { ...outcome, advice: COUNTS } : outcome;
  },

  parts: ({ msg }) => ({ msg: [msg] }),

  preview: ({ status, msg, ping }) => ({
    kind: "monitor",
    title: status === "up" ? "Up" : "Down",
    text: msg,
    facts: [
      { label: "Status", value: status },
      ...(ping === undefined ? [] : [{ label: "Ping", value: `${ping} ms` }]),
    ],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url && /\/api\/push\/[\w-]+\/?$/.test(url.pathname) ? { pushUrl: text.trim() } : null;
  },

  advise({ status, reason }) {
    if (/not found or not active/i.test(reason) || status === 404)
      return "Uptime Kuma has no active push monitor with this token. Copy the push URL again, and check that the monitor is not paused.";
    return undefined;
  },
});

/** A start repeats the last state, so that the monitor of a failing job does not go up with each attempt. */
function statusOf(signal: MonitorSignal, { warningIsFailure }: { warningIsFailure: boolean }, { run }: RenderContext) {
  const state = signal === "start" ? run?.previousState : undefined;
  const wasDown = state === "failure" || state === "missed" || (state === "warning" && warningIsFailure);
  return signal === "failure" || wasDown ? "down" : "up";
}

const COUNTS = "A heartbeat with status “up” was sent: a push monitor has no neutral signal, so it shows as up now.";

/**
 * The address of a heartbeat. A pasted address usually ends in `?status=up&msg=OK&ping=`; of two values the server
 * takes the first, so the whole query is replaced.
 */
export function heartbeatUrl(base: string, { status, msg, ping }: Pick<Payload, "status" | "msg" | "ping">): string {
  const url = new URL(base);
  url.hash = "";
  url.pathname = trimEndSigns(url.pathname, "/");
  url.search = new URLSearchParams({ status, msg, ...(ping === undefined ? {} : { ping: String(ping) }) }).toString();
  return url.href;
}

/** The server's reason for a refusal, which may come with any status. */
function refusalIn(body: string): string | null {
  const said = objectIn(body);
  return said?.ok === false ? String(said.msg ?? "") : null;
}
