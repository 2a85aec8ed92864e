import { type ChildProcess, spawn, spawnSync } from "node:child_process";

export interface ProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Run as this user of the system, when we are root. */
  user?: string;
}

/** Ids of a user of the system. @throws when there is none of that name */
function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(spawnSync("id", [flag, user], { encoding: "utf8" }).stdout.trim() || Number.NaN);
  const [uid, gid] = [id("-u"), id("-g")];
  if (Number.isNaN(uid) || Number.isNaN(gid)) throw new Error(`There is no user ${user} on this system.`);
  return { uid, gid };
}

export const isRoot = process.getuid?.() === 0;

function settingsOf({ cwd, env, user }: ProgramOptions) {
  return { cwd, env: env ?? process.env, ...(user && isRoot ? idsOf(user) : {}) };
}

/** Runs a program to its end. @throws with its own words when it fails */
export function runProgram(program: string, args: string[], options: ProgramOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", ...settingsOf(options) });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** A program that goes on in the background; what it says is kept for when something is wrong. */
export interface Running {
  child: ChildProcess;
  words(): string;
  /** Ends it and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function startProgram(program: string, args: string[], options: ProgramOptions = {}): Running {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...settingsOf(options) });
  let words = "";
  const keep = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-100_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      words += String(error);
      resolve();
    });
    child.once("exit", () => resolve());
  });
  return {
    child,
    words: () => words,
    async stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), 12_000);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** Polls until the condition holds, less often what takes long. @throws after `timeoutMs`, with the output of the program in question */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  options: { timeoutMs?: number; everyMs?: number; words?: () => string } = {},
): Promise<void> {
  const { timeoutMs = 60_000, everyMs, words } = options;
  const began = Date.now();
  while (!(await holds())) {
    const waitedMs = Date.now() - began;
    if (waitedMs > timeoutMs) throw new Error(`Not within ${timeoutMs} ms: ${what}\n${words?.() ?? ""}`);
    const pauseMs = everyMs ?? Math.min(150, Math.max(20, waitedMs / 10));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
