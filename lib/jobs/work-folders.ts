import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";

const log = loggerOf("runner");

/** Makes the folder of the work folders, and removes those of runs that are over. @throws when it cannot be made */
export async function removeWorkFolders(workRoot: string, isActive: (runId: string) => boolean): Promise<void> {
  await mkdir(workRoot, { recursive: true, mode: 0o700 });
  for (const name of await readdir(workRoot)) {
    // `<run>-<attempt>`, that of its hooks, and the note of the hook that runs
    if (isActive(name.replace(/-\d+(-hooks(\.process(\.draft)?)?)?$/, ""))) continue;
    try {
      await rm(join(workRoot, name), { recursive: true, force: true });
      log.warn("removed a work folder that a run left", { folder: name });
    } catch (error) {
      log.error("failed to remove a work folder that a run left", { folder: name, error: messageOf(error) });
    }
  }
}
