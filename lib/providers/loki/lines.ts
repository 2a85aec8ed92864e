import { pluralize } from "@/lib/core/format-units";
import type { JobState } from "@/lib/core/job";
import type { Notification } from "@/lib/core/notification";
import type { Limit, RenderContext } from "../contract";
import { messagePieces, titlePieces } from "../kit/message-text";
import { clean, cutTo, measure } from "../kit/text";

/** Nanoseconds since 1970 as a string, and the line. */
export type Entry = [string, string];

const LEVELS: Record<JobState, string> = {
  start: "info",
  success: "info",
  warning: "warn",
  failure: "error",
  missed: "error",
};
/** The size of one entry besides its text. */
const ENTRY_BYTES = 32;
/** Parts of the state's line: escapes may double them, and together they are still a line that Loki accepts. */
const SHORT: Limit = { max: 16_000, unit: "bytes" };
const LONG: Limit = { max: 64_000, unit: "bytes" };

/** The run's log and its state, in the order of their times; the state is the last line. */
export function logEntries(notification: Notification, context: RenderContext, line: Limit, total: Limit): Entry[] {
  const { run } = context;
  const at = run?.state === "start" ? run.startedAt : run?.finishedAt;
  const state = { at: at ?? notification.at, text: stateLine(notification, context) };
  const room = total.max - measure(JSON.stringify(state.text), "bytes") - 2 * ENTRY_BYTES;
  const stamp = stamps();
  return [...fitting(linesOf(context, state.at), line, room), state].map(({ at, text }) => [stamp(at), text]);
}

interface Line {
  at: number;
  text: string;
}

function linesOf(context: RenderContext, at: number): Line[] {
  const { logLines } = context.run ?? {};
  if (logLines) return logLines;
  return context.log ? context.log.split("\n").map((text) => ({ at, text })) : [];
}

/** Lines from both ends, the tail the larger part, and between them a line with the number of missing ones. */
function fitting(all: Line[], limit: Limit, room: number): Line[] {
  const lines = all.flatMap(({ at, text }) => {
    const whole = cutTo(clean(text).trimEnd(), limit);
    return whole ? [{ at, text: whole }] : [];
  });
  // One character becomes at most six by escaping: a short text need not be measured.
  if (lines.reduce((sum, { text }) => sum + text.length * 6 + ENTRY_BYTES, 0) <= room) return lines;
  const sizes = lines.map(({ text }) => measure(JSON.stringify(text), "bytes") + ENTRY_BYTES);
  if (sizes.reduce((sum, size) => sum + size, 0) <= room) return lines;
  const [headRoom, tailRoom] = [room / 3, (room * 2) / 3 - 100];
  let [head, tail, used] = [0, lines.length, 0];
  for (; head < lines.length && used + (sizes[head] ?? 0) <= headRoom; head++) used += sizes[head] ?? 0;
  for (used = 0; tail > head && used + (sizes[tail - 1] ?? 0) <= tailRoom; tail--) used += sizes[tail - 1] ?? 0;
  const mark = { at: lines[head]?.at ?? 0, text: `… ${pluralize(tail - head, "line")} cut …` };
  return [...lines.slice(0, head), mark, ...lines.slice(tail)];
}

/**
 * Makes times strictly ascending, in nanoseconds: lines of one millisecond are one apart, and none is
 * earlier than the one before it. Loki drops duplicates of time and text, and refuses lines that are too old.
 */
function stamps(): (at: number) => string {
  let ms = 0;
  let ns = 0;
  return (at) => {
    const next = Math.floor(at);
    if (next > ms) [ms, ns] = [next, 0];
    else if (++ns > 999_999) [ms, ns] = [ms + 1, 0];
    return `${ms}${String(ns).padStart(6, "0")}`;
  };
}

/** In logfmt, which Loki parses: `level=error state=failure job=media-library title="…"`. */
function stateLine(notification: Notification, context: RenderContext): string {
  const { run } = context;
  const duration =
    run?.startedAt !== undefined && run.finishedAt !== undefined ? run.finishedAt - run.startedAt : undefined;
  const facts: [string, string | number | undefined][] = [
    ["level", run && !notification.isTest ? LEVELS[run.state] : "info"],
    ["state", notification.isTest ? "test" : (run?.state ?? notification.status ?? "note")],
    ["job", run && cutTo(run.job.name, SHORT)],
    ["run", run?.id],
    ["title", cutTo(titlePieces(notification, context), SHORT)],
    ["message", cutTo(messagePieces(notification, context), LONG)],
    ["bytes", run?.bytes],
    ["duration_ms", duration],
  ];
  return facts
    .flatMap(([name, value]) => (value === undefined || value === "" ? [] : [`${name}=${quote(value)}`]))
    .join(" ");
}

function quote(value: string | number): string {
  const text = clean(String(value));
  return /^[\w.:/+-]+$/.test(text) ? text : JSON.stringify(text);
}
