import { spawn } from "node:child_process";
import { once } from "node:events";

/** Runs a program to its end. The folder is its home, and it has a session of its own. @returns its exit code and all that it wrote */
export async function runProgramIn(
  folder: string,
  file: string,
  args: readonly string[],
  input: string,
): Promise<{ code: number | null; text: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LANG: "C.UTF-8",
    NODE_ENV: "production" as const,
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
  };
  const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk));
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}
