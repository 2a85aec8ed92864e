import { z } from "zod";
import { defineReceiver, MAX_SIGNALS, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { jsonValue } from "./kit/fields";
import { bodyText, reasonIn, storableText } from "./kit/texts";

const METHODS = ["POST"];
const PUSH = z.object({
  streams: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()], z.unknown())) })),
});
/** By its end: borgmatic before 1.9.1 writes the path of its configuration in front. */
const MARKS = { start: "Started backup", success: "Finished backup", failure: "Failed backup" } as const;

/**
 * Loki's push API in JSON. borgmatic may send the whole log when the run is over: the times of the lines are those of the run, not
 * the request's.
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 */
export const lokiReceiver = defineReceiver({ id: "loki", name: "Loki", read: readPush });

function readPush(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const text = bodyText(request.body);
  const push = PUSH.safeParse(jsonValue(text));
  if (!push.success) {
    if (request.isCut && text.trim() !== "") return { signals: readCut(text), answer: textReply("", 204) };
    return refuse(textReply('This address takes streams in JSON: {"streams":[{"stream":{},"values":[]}]}.', 400));
  }
  const lines = push.data.streams.flatMap(({ values }) => values);
  const signals = readLines(lines);
  if (signals.length > MAX_SIGNALS)
    return refuse(textReply(`The push holds more than ${MAX_SIGNALS} starts and ends.`, 400));
  return { signals, answer: textReply("", 204) };
}

function readLines(lines: [string, string, ...unknown[]][]): Signal[] {
  const signals: Signal[] = [];
  const log: string[] = [];
  let startedAt: number | undefined;
  for (const [time, text] of lines) {
    const line = storableText(text);
    const state = stateOfLine(line);
    const at = millisecondsOf(time);
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
