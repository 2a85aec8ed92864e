import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { systemReason } from "@/lib/core/system-fault";
import { HeadTailBuffer } from "@/lib/jobs/head-tail-buffer";
import { ReportClient } from "./report-client";

/** Kept of the output for the report: the error stands at the end. Characters. */
const HEAD_CHARS = 64 * 1024;
const TAIL_CHARS = 192 * 1024;
/** What shells answer for a command that cannot be started. */
const NOT_STARTED = 127;
/** A program that the command left behind may hold its output open; that is not waited for. */
const LEFT_OPEN_MS = 2_000;
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long a start that is under way may still take once the command has ended. */
const START_GRACE_MS = 2_000;

interface ReportedCommand {
  /** The address of the external job. */
  address: string;
  /** The program and its arguments; no shell reads them. */
  words: readonly string[];
  /** Prints one line for people. */
  warn(sentence: string): void;
  /** Before each further try of a report. */
  waitsMs?: readonly number[];
}

/**
 * Runs a command and reports to an external job when it starts and how it ends, with its output. Nothing that happens to a report
 * changes what the command does or how it ends.
 * @returns its exit code; of a signal 128 and its number; 127 when it cannot be started
 * @throws AppError `invalid` for an address that is none, before anything runs
 */
export async function runReportedCommand({ address, words, warn, waitsMs }: ReportedCommand): Promise<number> {
  const client = new ReportClient(address, waitsMs);
  const isOver = new AbortController();
  const isUnwanted = new AbortController();
  const started = client.send({ word: "start" }, isOver.signal);
  const output = new HeadTailBuffer(HEAD_CHARS, TAIL_CHARS);
  const begunAt = performance.now();
  const code = await execute(words, output).catch((error) => {
    const sentence = `${words[0]} cannot be started: ${systemReason(error)}.`;
    warn(sentence);
    output.add(`${sentence}\n`);
    return NOT_STARTED;
  });
  const durationMs = performance.now() - begunAt;
  const onSignal = () => isUnwanted.abort();
  for (const name of FORWARDED) process.on(name, onSignal);
  // A start that nobody takes would only delay the end, which says how long it took.
  const grace = setTimeout(() => isOver.abort(), START_GRACE_MS);
  await started;
  clearTimeout(grace);
  const reason = await client.send({ word: String(code), body: output.text(), durationMs }, isUnwanted.signal);
  for (const name of FORWARDED) process.off(name, onSignal);
  if (reason !== null) warn(`The command ended with exit code ${code}, but that could not be reported: ${reason}.`);
  return code;
}

/** @throws the system's error when it cannot be started */
async function execute(words: readonly string[], output: HeadTailBuffer): Promise<number> {
  const [program = "", ...args] = words;
  const child = spawn(program, args, { stdio: ["inherit", "pipe", "pipe"] });
  const forward = FORWARDED.map((name) => [name, () => passSignal(child, name)] as const);
  for (const [name, pass] of forward) process.on(name, pass);
  try {
    await once(child, "spawn");
    const closed = once(child, "close");
    copyOutput(child.stdout, process.stdout, output);
    copyOutput(child.stderr, process.stderr, output);
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LEFT_OPEN_MS).unref())]);
    child.stdout.destroy();
    child.stderr.destroy();
    return code ?? 128 + (signal ? constants.signals[signal] : 0);
  } finally {
    for (const [name, pass] of forward) process.off(name, pass);
  }
}

/** Ctrl-C in a terminal reaches the command without this; twice would be an order to give up. */
function passSignal(child: ChildProcess, name: NodeJS.Signals): void {
  if (name === "SIGINT" && process.stdin.isTTY) return;
  child.kill(name);
}

/** Passes output through as it comes, at the pace at which it is read, and keeps what the report needs. */
function copyOutput(from: Readable, to: Writable, kept: HeadTailBuffer): void {
  const decoder = new StringDecoder("utf8");
  from.on("data", (piece: Buffer) => {
    kept.add(decoder.write(piece));
    // Whose reader is gone (`| head`) must not hold up the command.
    if (to.destroyed || to.write(piece)) return;
    from.pause();
    const goOn = () => {
      to.off("drain", goOn).off("close", goOn).off("error", goOn);
      from.resume();
    };
    to.on("drain", goOn).on("close", goOn).on("error", goOn);
  });
  from.on("end", () => kept.add(decoder.end()));
}
