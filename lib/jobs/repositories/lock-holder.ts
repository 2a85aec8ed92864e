import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { OpenRepository } from "./contract";

/** `host@4711.10599-0`: a machine, a process and a thread, as borg names a lock. */
const HOLDER = /^(.+?)(?:@\d+)?\.(\d+)-\d+$/;

/** Who holds the lock of a borg repository on this machine; null where that cannot be seen. */
export async function lockHolder({ location }: OpenRepository): Promise<string | null> {
  if (location.type !== "local") return null;
  const names = await readdir(join(location.path, "lock.exclusive")).catch((): string[] => []);
  const found = names.map((name) => HOLDER.exec(name)).find((match) => match !== null);
  return found ? `process ${found[2]} on ${found[1]}` : null;
}
