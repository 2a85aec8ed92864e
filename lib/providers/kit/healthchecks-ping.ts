import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import type { Preview } from "@/lib/core/preview";
import { type AnswerRules, field, type ProviderIo, type RenderContext, type SendResult } from "../contract";
import { classify, reasonOf } from "./classify";
import { type JobValues, jobFor, namesJob, pingAddress, WITHOUT_JOB } from "./ping-url";
import { type MonitorSignal, reportOf, signalOf } from "./run-signal";
import { withoutTail } from "./without-tail";

/*
 * The ping protocol of Healthchecks, which compatible services use too: https://healthchecks.io/docs/http_api/
 */

const TAILS: Record<MonitorSignal, string[]> = { start: ["start"], success: [], failure: ["fail"], note: ["log"] };
const TAIL_WORDS = new Set(["start", "fail", "log"]);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PING_KEY = /^[\w-]{22}$/;
const EXIT_STATUS = /^\d{1,3}$/;
/** https://healthchecks.io/docs/http_api/: pings of a check may be dropped when there are more than five a minute. */
export const PING_RATE = { requests: 5, perMs: 60_000, per: "job" } as const;
const PAUSE_MS = 60_000;

export interface PingConfig {
  pingUrl: string;
  warningIsFailure: boolean;
  logLimit: number;
}

export interface Ping {
  signal: MonitorSignal;
  /** The run, the same at its start and its end. */
  rid?: string;
  job?: JobValues;
  body: string;
}

/** https://healthchecks.io/docs/http_api/: one of a few short texts. */
export function pingAnswers(service: string): AnswerRules {
  return {
    service,
    proof: { expected: "with OK", holds: ({ body }) => /^\s*(OK|Created)\b/.test(body) },
    isOwn: ({ body }) =>
      /^\s*(not found|ambiguous slug|invalid (url|uuid) format|rate limited|method not allowed)\b/i.test(body),
    address: "Copy the check's ping URL again.",
  };
}

/** How many bytes of text a ping carries. @param max what the hosted service keeps */
export function logLimitField(max: number, help: string) {
  const words = `A whole number from 1,000 to ${max.toLocaleString("en")}.`;
  return field(z.int({ error: words }).min(1_000, words).max(max, words).default(max), {
    label: "Size limit",
    help,
    widget: "number",
    advanced: true,
  });
}

/** A bare UUID is what the service shows as well. */
export const BARE_UUID = UUID;

/** What every compatible service has in common. */
export const pingWire = {
  needsValues: ({ pingUrl }: PingConfig) => namesJob(pingUrl),
  isPerJob: ({ pingUrl }: PingConfig) => !namesJob(pingUrl),
  needsJob: ({ pingUrl }: PingConfig) => namesJob(pingUrl),

  render(notification: Notification, config: PingConfig, context: RenderContext): Ping {
    const signal = signalOf(notification, context, config);
    return {
      signal,
      ...(signal !== "note" && context.run ? { rid: context.run.rid } : {}),
      ...jobFor(config.pingUrl, context),
      body: reportOf(notification, context, { max: config.logLimit, unit: "bytes" }),
    };
  },

  parts: ({ body }: Ping) => ({ body: [body] }),

  preview: ({ signal, rid, body }: Ping): Preview => ({
    kind: "monitor",
    title: { start: "Start", success: "Success", failure: "Failure", note: "Log entry" }[signal],
    text: body,
    facts: [
      { label: "Signal", value: TAILS[signal][0] ?? "success" },
      ...(rid ? [{ label: "Run id", value: rid }] : []),
    ],
  }),
};

/** @param home base address for a bare UUID, with a trailing slash */
export async function sendPing(
  ping: Ping,
  config: PingConfig,
  io: ProviderIo,
  { home, answers }: { home: string; answers: AnswerRules },
): Promise<SendResult> {
  const base = UUID.test(config.pingUrl) ? home + config.pingUrl : pingAddress(config.pingUrl, ping.job);
  if (base === null) return WITHOUT_JOB;
  const answer = await io.http.request({
    url: pingTarget(base, ping),
    method: "POST",
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: ping.body,
  });
  const outcome = classify(answer, answers);
  if (outcome.kind !== "sent" || answer.kind !== "answer") return outcome;
  const said = { status: answer.status, answer: answer.body };
  // Pings by UUID are always answered with 200; only the text says whether they were accepted.
  if (/^OK \(not found\)/i.test(answer.body)) return { kind: "rejected", reason: reasonOf(200, answer.body), ...said };
  if (/^OK \(rate limited\)/i.test(answer.body)) {
    return { kind: "retry", reason: reasonOf(200, answer.body), ...said, afterMs: PAUSE_MS };
  }
  const kept = Number(answer.headers["ping-body-limit"] ?? Number.NaN);
  const isCut = Buffer.byteLength(ping.body) > kept;
  return isCut ? { ...outcome, advice: cutAdvice(kept) } : outcome;
}

function cutAdvice(kept: number): string {
  return `The server keeps only the first ${kept} bytes of a ping, so the end of the log is lost. Set the size limit under Advanced to ${kept}.`;
}

/**
 * The address of a signal. A pasted address may end in a suffix, a slash or a query (`/start`, `?create=1`,
 * even `?create=1/fail`): the suffix is removed and the query kept, so that no failure goes to the address of a success.
 */
export function pingTarget(base: string, { signal, rid }: Pick<Ping, "signal" | "rid">): string {
  const url = new URL(base);
  url.hash = "";
  const segments = url.pathname.split("/").filter(Boolean);
  while (hasTail(segments)) segments.pop();
  const path = segments.map((segment) => (UUID.test(segment) ? segment.toLowerCase() : segment));
  url.pathname = `/${[...path, ...TAILS[signal]].join("/")}`;
  for (const [name, value] of url.searchParams.entries()) {
    const bare = withoutTail(value, (word) => TAIL_WORDS.has(word) || EXIT_STATUS.test(word));
    if (bare !== value) url.searchParams.set(name, bare);
  }
  url.searchParams.delete("rid");
  if (rid) url.searchParams.set("rid", rid);
  return url.href;
}

function hasTail(segments: string[]): boolean {
  const [last = "", before = "", first = ""] = segments.toReversed();
  if (EXIT_STATUS.test(last)) return UUID.test(before);
  if (!TAIL_WORDS.has(last) || !before) return false;
  // Directly after a project's ping key comes a slug, whatever its name.
  return !(PING_KEY.test(before) && (first === "" || first === "ping"));
}

/** Advice about the service's errors. */
export function advisePing({ status, reason }: { status?: number; reason: string }): string | undefined {
  if (status === 404 || /not found/i.test(reason))
    return "No check has this address. Copy the ping URL again; for URLs with a slug, create the check, or add ?create=1 so that the service creates it.";
  if (status === 409)
    return "Two checks of the project have this slug. Rename one of them, or use the URL with the UUID.";
  if (status === 400) return "The address is not a ping URL: slugs have lower-case letters, digits and hyphens only.";
  if (status === 429 || /rate limited/i.test(reason))
    return "The service accepts five pings a minute for each check. Belfry waits, then continues; nothing is lost.";
  return undefined;
}
