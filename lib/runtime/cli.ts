import { readFile } from "node:fs/promises";
import { runCommand } from "@/lib/cli/main";
import { messageOf } from "@/lib/core/errors";
import { visibleText } from "@/lib/core/terminal-text";
import { type Env, EnvProblem, readEnv } from "@/lib/env";
import { askSecret } from "./ask-secret";
import { commandCall } from "./command-call";
import { commandOutput } from "./command-output";
import { assertWritable, writeNewFile } from "./write-new-file";

async function main(): Promise<number> {
  const streams = commandOutput();
  let env: Env | undefined;
  const { call, close } = commandCall(() => (env ??= readEnv()));
  try {
    return await runCommand(process.argv.slice(2), streams, {
      call,
      askSecret: (question) => askSecret(visibleText(question)),
      readFile: (path) => readFile(path),
      assertWritable,
      writeFile: writeNewFile,
    });
  } finally {
    await close();
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
