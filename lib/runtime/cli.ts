import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { runCommand } from "@/lib/cli/main";
import { AppError, messageOf } from "@/lib/core/errors";
import { setRuntimeValue } from "@/lib/core/runtime";
import { visibleText } from "@/lib/core/terminal-text";
import { type Env, EnvProblem, readEnv, takeRunUrl } from "@/lib/env";
import { askSecret } from "./ask-secret";
import { commandCall } from "./command-call";
import { commandOutput } from "./command-output";
import { setPlaceValues } from "./place-values";
import { runReportedCommand } from "./reported-command";
import { assertWritable, writeNewFile } from "./write-new-file";

/** The checkout: this file runs as dist/cli.mjs. */
const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

async function main(): Promise<number> {
  const streams = commandOutput();
  let env: Env | undefined;
  const ownEnv = () => (env ??= readEnv());
  const { call, download, close } = commandCall(ownEnv);
  try {
    return await runCommand(process.argv.slice(2), streams, {
      call,
      download,
      askSecret: (question) => askSecret(visibleText(question)),
      readFile: (path) => readFile(path),
      assertWritable(path, options) {
        const { dataDir } = ownEnv();
        setRuntimeValue("dataDir", dataDir);
        setPlaceValues(ownEnv(), ROOT);
        return assertWritable(path, options);
      },
      writeFile: (path, content, options) => untilInterrupted(content, writeNewFile(path, content, options)),
      writeOutput: streams.file,
      runReported(words, url) {
        // The command does not inherit what is not meant for it.
        const address = takeRunUrl(url);
        return runReportedCommand({
          address,
          words,
          warn: (line) => streams.err(visibleText(`belfry run: ${line}\n`)),
        });
      },
    });
  } finally {
    await close();
  }
}

/** An interrupt ends the stream, so that nothing half written stays. */
async function untilInterrupted(content: Uint8Array | Readable, writing: Promise<void>): Promise<void> {
  if (content instanceof Uint8Array) return await writing;
  const end = () => void content.destroy(new AppError("unavailable", "It was interrupted. Nothing was saved."));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, end);
  try {
    await writing;
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}

main().then(
  (code) => {
    // Not `process.exit`: what is written to a pipe would be cut. An output that could not be written has set its own.
    process.exitCode ||= code;
  },
  (error) => {
    process.stderr.write(
      visibleText(`${error instanceof EnvProblem ? error.problems.join("\n") : messageOf(error)}\n`),
    );
    process.exitCode = 1;
  },
);
