import { systemReason } from "@/lib/core/system-fault";

/**
 * Writes the command's output, and answers for what happens to it: a reader that has read enough (`| head`) ends it quietly;
 * any other error is one sentence and exit code 1, because what was asked for has not arrived.
 */
export function commandOutput(): { out(text: string): void; err(text: string): void } {
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
  };
}
