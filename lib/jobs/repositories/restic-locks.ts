import type { JobIo } from "../contract";
import type { LockHolder, OpenRepository } from "./contract";
import { runRestic } from "./restic-run";

interface ResticLock {
  hostname: string;
  pid: number;
}

/** Who holds the locks of a restic repository, as its lock files say. @see https://restic.readthedocs.io/en/v0.14.0/design.html#locks */
export async function resticLockHolders(repository: OpenRepository, io: JobIo): Promise<LockHolder[]> {
  const { stdout } = await runRestic(repository, { args: ["list", "locks", "--no-lock", "--quiet"] }, io);
  const holders = new Map<string, LockHolder>();
  for (const id of stdout.split("\n").filter((line) => /^[0-9a-f]{64}$/.test(line))) {
    const { stdout: text } = await runRestic(repository, { args: ["cat", "lock", id, "--no-lock"] }, io);
    const { hostname: host, pid } = JSON.parse(text) as ResticLock;
    const name = `process ${pid} on ${host}`;
    holders.set(name, { name, host, pid });
  }
  return [...holders.values()];
}
