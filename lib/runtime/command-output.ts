import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError, isAppError } from "@/lib/core/errors";
import { systemReason } from "@/lib/core/system-fault";

interface CommandStreams {
  out(text: string): void;
  err(text: string): void;
  /** Writes a file as it is. @throws AppError at a terminal, and what the file fails with */
  file(content: Readable): Promise<void>;
}

/**
 * Writes the command's output, and answers for what happens to it: a reader that has read enough (`| head`) ends it quietly;
 * any other error is one sentence and exit code 1, because what was asked for has not arrived.
 */
export function commandOutput(): CommandStreams {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.exitCode = 1;
    process.stderr.write(`The output cannot be written: ${systemReason(error)}.\n`);
  });
  // Nobody is left to hear about this one.
  process.stderr.on("error", () => undefined);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    file: writeFileToOutput,
  };
}

async function writeFileToOutput(content: Readable): Promise<void> {
  if (process.stdout.isTTY)
    throw new AppError(
      "invalid",
      "A file is not for a terminal: name one with --out, or lead the output into another program.",
    );
  try {
    await pipeline(content, process.stdout, { end: false });
  } catch (error) {
    // What is wrong with the output has been said, or is that its reader has enough.
    if (isAppError(error)) throw error;
  }
}
