import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LockHolder, OpenRepository } from "./contract";

/** `host@4711.10599-0`: a machine, a process and a thread, as borg names a lock. */
const HOLDER = /^(.+?)(?:@\d+)?\.(\d+)-\d+$/;

/**
 * Who holds the locks of a borg repository on this machine: the one that writes, otherwise those that read. Of one on a
 * server that cannot be seen.
 * @see https://borgbackup.readthedocs.io/en/1.2.4/internals/data-structures.html#locks
 */
export async function borgLockHolders({ location }: OpenRepository): Promise<LockHolder[]> {
  if (location.type !== "local") return [];
  const names = await readdir(join(location.path, "lock.exclusive")).catch((): string[] => []);
  const writers = names.flatMap((name) => holderOf(HOLDER.exec(name)?.slice(1) ?? []));
  if (writers.length > 0) return writers;
  return readRoster(await readFile(join(location.path, "lock.roster"), "utf8").catch(() => ""));
}

/** `{"shared": [["host@4711", 10599, 0]]}` */
function readRoster(text: string): LockHolder[] {
  try {
    const { shared = [] } = JSON.parse(text) as { shared?: unknown[] };
    return shared.flatMap((entry) => (Array.isArray(entry) ? holderOf(entry) : []));
  } catch {
    return [];
  }
}

function holderOf([machine, process]: unknown[]): LockHolder[] {
  const host = typeof machine === "string" ? machine.replace(/@\d+$/, "") : "";
  const pid = Number(process);
  return host && Number.isInteger(pid) && pid > 0 ? [{ name: `process ${pid} on ${host}`, host, pid }] : [];
}
