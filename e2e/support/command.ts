import { spawn, spawnSync } from "node:child_process";
import { PROGRAM } from "./program";

export interface CommandRun {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the built `belfry` command on a data folder. @param input what stands on standard input */
export function belfryCommand(
  dataDir: string,
  words: string[],
  options: { input?: string; env?: Record<string, string> } = {},
): CommandRun {
  const { status, stdout, stderr } = spawnSync(PROGRAM.node, ["dist/cli.mjs", ...words], {
    cwd: PROGRAM.folder,
    encoding: "utf8",
    input: options.input ?? "",
    env: commandEnv(dataDir, options.env),
  });
  return { code: status, out: stdout, err: stderr };
}

/** The same, while the test goes on: for commands that wait for a server of the test's own. */
export async function belfryCommandMeanwhile(dataDir: string, words: string[], input = ""): Promise<CommandRun> {
  const child = spawn(PROGRAM.node, ["dist/cli.mjs", ...words], {
    cwd: PROGRAM.folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: commandEnv(dataDir),
  });
  // A command that asks for nothing may be over before it is written to.
  child.stdin.on("error", () => undefined).end(input);
  const run: CommandRun = { code: null, out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    run.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    run.err += text;
  });
  run.code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  return run;
}

function commandEnv(dataDir: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir, ...more };
}
