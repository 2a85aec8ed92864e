import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ListedProgram } from "@/lib/operator/program-list";
import { redactor } from "@/lib/secrets/redact";
import { HeadTailBuffer } from "../head-tail-buffer";
import { toRunError } from "../run-error";
import type { RunLog } from "../run-log";
import { toolsFor } from "../tools";
import { fillArgument } from "./variables";

/** Kept of the output of a hook with a secret of several lines, from its beginning and from its end each, characters. */
const KEPT = 16_000;
/** A longer line is taken in pieces. */
const LINE_CHARS = 8_000;
const MINUTE_SECONDS = 60;

/** How a hook ended. `failed`: a sentence goes on with the reason. */
export type HookEnd = { kind: "ok" } | { kind: "soft" } | { kind: "failed"; reason: string };

/** By which a hook before a backup skips it, as borgmatic's hooks do. */
const SOFT_FAILURE = 75;

export interface HookSurroundings {
  signal: AbortSignal;
  cwd: string;
  /** Receives its process, so that it is found when Belfry itself is killed. */
  onStart(pid: number): void;
}

/**
 * Runs one hook without a shell, in a process group that ends as a whole when the signal aborts or its time is up. Its
 * output goes into the run's log as it comes. @throws the signal's reason once it has aborted
 */
export async function runHook(
  program: ListedProgram,
  variables: Record<string, string>,
  log: RunLog,
  { signal, cwd, onStart }: HookSurroundings,
): Promise<HookEnd> {
  const [file, ...given] = program.run;
  const { add, end } = hookOutput(Object.values(program.variables), log);
  const args = given.map((argument) => fillArgument(argument, variables));
  try {
    const tools = toolsFor({ signal, redact: (text) => text, adviceFor: () => null });
    const { stdout, ended } = tools.start(file, args, {
      cwd,
      env: { ...program.variables, ...variables, HOME: cwd },
      silenceMs: null,
      timeLimitMs: program.timeoutSeconds * 1_000,
      onLine: add,
      onStart,
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
    end();
  }
}

/**
 * Takes a hook's output into the run's log, line by line. @param secrets what the operator gives it beside Belfry's own. One of
 * several lines is only recognised in the whole: then the output is logged when the hook has ended
 */
function hookOutput(secrets: readonly string[], log: RunLog): { add(line: string): void; end(): void } {
  const redact = redactor(secrets);
  if (!secrets.some((secret) => secret.trim().includes("\n")))
    return { add: (line) => line.trim() !== "" && log.line(redact(line)), end: () => undefined };
  const output = new HeadTailBuffer(KEPT, KEPT);
  return {
    add: (line) => output.add(`${redact(line)}\n`),
    end() {
      const text = redact(output.text()).trimEnd();
      if (text) log.line(text);
    },
  };
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
