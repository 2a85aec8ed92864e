import { defineReceiver, type Reading, type ReceivedRequest, type Signal } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { figuresIn } from "./kit/log-figures";
import { readPastedQuery } from "./kit/pasted-query";
import { bodyText, reasonIn } from "./kit/texts";

const METHODS = ["GET", "HEAD", "POST", "PUT"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Senders that heed it cut their log to so much; a longer one is taken, and its head and tail are kept. */
const BODY_LIMIT = "1000000";

/** Healthchecks: `/start`, `/fail`, `/log`, an exit code, or nothing for a success. @see https://healthchecks.io/docs/http_api/ */
export const healthchecksReceiver = defineReceiver({
  id: "healthchecks",
  name: "Healthchecks",
  read: readPing,
});

/** Reads a ping, of Healthchecks and of what speaks like it. */
export function readPing(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  const pasted = readPastedQuery(request.query);
  const words = [...ownPath(request.path), ...pasted.tails.filter(isWord)].map((word) => word.toLowerCase());
  if (!words.every(isWord)) return refuse(textReply("not found", 404));
  if (words.some((word) => Number(word) > 255)) return refuse(textReply("invalid url format", 400));
  const runKey = pasted.params.get("rid");
  if (runKey !== null && !UUID.test(runKey)) return refuse(textReply("invalid uuid format", 400));
  // What `belfry run` says more than others: how long it took, also where nobody took its start.
  const duration = pasted.params.get("duration_ms") ?? "";
  const log = bodyText(request.body);
  const ending = readWord(words);
  const reason = ending.state === "failure" ? reasonIn(log) : "";
  const signal: Signal = {
    ...ending,
    ...(runKey !== null && { runKey: runKey.toLowerCase() }),
    ...(reason !== "" && { message: reason }),
    ...(log.trim() !== "" && { log }),
    ...(/^\d{1,12}$/.test(duration) && { durationMs: Number(duration) }),
    ...(ending.state === "success" || ending.state === "failure" ? figuresIn(log) : {}),
  };
  const headers = { "Ping-Body-Limit": BODY_LIMIT, "Access-Control-Allow-Origin": "*" };
  return { signals: [signal], answer: textReply("OK", 200, headers) };
}

function isWord(word: string): boolean {
  return /^(?:start|fail|log|\d+)$/i.test(word);
}

/** Without what people leave of the address that they replace: `ping/<uuid>/fail`, `<uuid>/fail`. */
function ownPath(path: string): string[] {
  const words = path.split("/").filter(Boolean);
  if (words[0] === "ping" && words.length > 1) words.shift();
  if (UUID.test(words[0] ?? "")) words.shift();
  return words;
}

/** Of several words the last counts, as of `/start/fail` where a tool appends to a pasted `/start`; but a failure stays one. */
function readWord(words: string[]): Pick<Signal, "state" | "exitCode"> {
  const readings = words.map(readOneWord);
  const last = readings.at(-1) ?? { state: "success" };
  return last.state === "success" ? (readings.find(({ state }) => state === "failure") ?? last) : last;
}

function readOneWord(word: string): Pick<Signal, "state" | "exitCode"> {
  if (word === "start" || word === "log") return { state: word };
  if (word === "fail") return { state: "failure" };
  const exitCode = Number(word);
  return { state: exitCode === 0 ? "success" : "failure", exitCode };
}
