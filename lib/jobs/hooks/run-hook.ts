import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ListedProgram } from "@/lib/operator/program-list";
import { redactor } from "@/lib/secrets/redact";
import { HeadTailBuffer } from "../head-tail-buffer";
import { toRunError } from "../run-error";
import type { RunLog } from "../run-log";
import { toolsFor } from "../tools";
import { fillArgument } from "./variables";

/** Kept of a hook's output, from its beginning and from its end each, characters. */
const KEPT = 16_000;
/** A longer line is taken in pieces. */
const LINE_CHARS = 8_000;
const MINUTE_SECONDS = 60;

/** How a hook ended. `failed`: a sentence goes on with the reason. */
export type HookEnd = { kind: "ok" } | { kind: "soft" } | { kind: "failed"; reason: string };

/** By which a hook before a backup skips it, as borgmatic's hooks do. */
const SOFT_FAILURE = 75;

/**
 * Runs one hook without a shell, in a process group that ends as a whole when the signal aborts or its time is up. Its
 * output goes into the run's log. @throws the signal's reason once it has aborted
 */
export async function runHook(
  program: ListedProgram,
  variables: Record<string, string>,
  log: RunLog,
  { signal, cwd }: { signal: AbortSignal; cwd: string },
): Promise<HookEnd> {
  const [file, ...given] = program.run;
  // What the operator gives it beside Belfry's own may be a secret.
  const redact = redactor(Object.values(program.variables));
  const output = new HeadTailBuffer(KEPT, KEPT);
  const add = (line: string) => output.add(`${redact(line)}\n`);
  const args = given.map((argument) => fillArgument(argument, variables));
  try {
    const tools = toolsFor({ signal, redact: (text) => text, adviceFor: () => null });
    const { stdout, ended } = tools.start(file, args, {
      cwd,
      env: { ...program.variables, ...variables, HOME: cwd },
      silenceMs: null,
      timeLimitMs: program.timeoutSeconds * 1_000,
      onLine: add,
    });
    const read = readLines(stdout, add);
    const { code } = await ended;
    await read;
    if (code === 0) return { kind: "ok" };
    return code === SOFT_FAILURE ? { kind: "soft" } : { kind: "failed", reason: `it ended with exit code ${code}` };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { kind, message } = toRunError(error);
    if (kind === "time_limit") return { kind: "failed", reason: `it did not end within ${limitText(program)}` };
    return { kind: "failed", reason: message.replace(/\.$/, "") };
  } finally {
    // Once more as a whole, for a secret of several lines.
    const text = redact(output.text()).trimEnd();
    if (text) log.line(text);
  }
}

function limitText({ timeoutSeconds }: ListedProgram): string {
  return timeoutSeconds % MINUTE_SECONDS === 0 ? `${timeoutSeconds / MINUTE_SECONDS} min` : `${timeoutSeconds} s`;
}

/** Hands on each line as it comes; never throws. */
async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
    while (rest.length > LINE_CHARS) {
      onLine(rest.slice(0, LINE_CHARS));
      rest = rest.slice(LINE_CHARS);
    }
  });
  await finished(stream).catch(() => undefined);
  if (rest) onLine(rest);
}
