import { z } from "zod";
import { defineReceiver, MAX_SIGNALS, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { jsonValue } from "./kit/fields";
import { type LokiLine, readPackedPush } from "./kit/packed-push";
import { bodyText, reasonIn, storableText } from "./kit/texts";

const METHODS = ["POST"];
const PUSH = z.object({
  streams: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()], z.unknown())) })),
});
/** By its end: borgmatic before 1.9.1 writes the path of its configuration in front. */
const MARKS = { start: "Started backup", success: "Finished backup", failure: "Failed backup" } as const;

/**
 * Loki's push API: in JSON, as borgmatic pushes, or as Promtail and Alloy do, in Protocol Buffers compressed with Snappy. borgmatic may
 * send the whole log when the run is over: the times of the lines are those of the run, not the request's.
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 */
export const lokiReceiver = defineReceiver({ id: "loki", name: "Loki", read: readPush });

function readPush(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const isPacked = /^application\/(?:x-)?protobuf\b/i.test(request.header("content-type") ?? "");
  // A packed push may begin with the byte of a brace, so the type is asked first; without it the bytes decide.
  if (isPacked) return readPacked(request) ?? readJson(request) ?? NOT_READ;
  return readJson(request) ?? readPacked(request) ?? NOT_READ;
}

const NOT_READ = refuse(
  textReply(
    'This address takes streams in JSON, {"streams":[{"stream":{},"values":[]}]}, or in Protocol Buffers with Snappy.',
    400,
  ),
);
/** Its end would be missing, and with it how a run ended: nothing of it is taken, and the sender learns why. */
const TOO_LONG = refuse(
  textReply(
    "The push is too long: compressed it may have 1 MB, unpacked 4 MB and 100,000 lines. Send smaller batches.",
    413,
  ),
);

/** @returns null for what is no JSON of Loki */
function readJson(request: ReceivedRequest): Reading | null {
  const text = bodyText(request.body);
  const push = PUSH.safeParse(jsonValue(text));
  if (push.success) {
    const values = push.data.streams.flatMap((stream) => stream.values);
    return answerLines(values.map(([time, line]) => ({ at: millisecondsOf(time), text: line })));
  }
  // Only what has begun as JSON is a text: of compressed bytes nothing could be shown.
  if (request.isCut && text.trimStart().startsWith("{")) return { signals: readCut(text), answer: textReply("", 204) };
  return null;
}

/** @returns null for what is no push in Protocol Buffers */
function readPacked(request: ReceivedRequest): Reading | null {
  if (request.body.length === 0) return null;
  const lines = request.isCut ? "too_long" : readPackedPush(request.body);
  return lines === "too_long" ? TOO_LONG : lines && answerLines(lines);
}

function answerLines(lines: readonly LokiLine[]): Reading {
  const signals = readLines(lines);
  if (signals.length > MAX_SIGNALS)
    return refuse(textReply(`The push holds more than ${MAX_SIGNALS} starts and ends.`, 400));
  return { signals, answer: textReply("", 204) };
}

function readLines(lines: readonly LokiLine[]): Signal[] {
  const signals: Signal[] = [];
  const log: string[] = [];
  let startedAt: number | undefined;
  for (const { at, text } of lines) {
    if (signals.length > MAX_SIGNALS) return signals;
    const line = storableText(text);
    const state = stateOfLine(line);
    if (state === null) log.push(line);
    else if (state === "start") {
      startedAt = at;
      signals.push({ state, ...(at !== undefined && { startedAt: at }) });
    } else signals.push(endOf(state, at, startedAt, log.join("\n")));
  }
  // In front of the end, so that a run that is over has its log.
  const text = log.join("\n");
  if (text.trim() !== "") signals.splice(signals[0]?.state === "start" ? 1 : 0, 0, { state: "log", log: text });
  return signals;
}

function endOf(
  state: "success" | "failure",
  finishedAt: number | undefined,
  startedAt: number | undefined,
  log: string,
) {
  const reason = state === "failure" ? reasonIn(log) : "";
  return {
    state,
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(reason !== "" && { message: reason }),
  };
}

function stateOfLine(line: string): keyof typeof MARKS | null {
  const states = ["start", "success", "failure"] as const;
  return states.find((state) => line.trimEnd().endsWith(MARKS[state])) ?? null;
}

/** Nanoseconds as text, which are more than a number holds. */
function millisecondsOf(nanoseconds: string): number | undefined {
  return /^\d{13,19}$/.test(nanoseconds) ? Number(nanoseconds.slice(0, -6)) : undefined;
}

/** A push whose middle is missing: its text is the log, and a failure in it is one. */
function readCut(text: string): Signal[] {
  const log = { state: "log" as const, log: text };
  return text.includes(`${MARKS.failure}"`) ? [log, { state: "failure" }] : [log];
}
