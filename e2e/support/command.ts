import { spawnSync } from "node:child_process";
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
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: "production",
      BELFRY_DATA_DIR: dataDir,
      ...options.env,
    },
  });
  return { code: status, out: stdout, err: stderr };
}
