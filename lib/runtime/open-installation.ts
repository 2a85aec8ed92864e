import { readHome } from "@/db/home";
import { migrate } from "@/db/migrate";
import { readProgram, rememberProgram } from "@/db/program";
import { recogniseInstallation } from "@/db/stores/installation";
import { loggerOf } from "@/lib/core/logger";
import { setRuntimeValue } from "@/lib/core/runtime";

const log = loggerOf("installation");

/**
 * Brings the open database to the schema of this program, and recognises whether it is the installation or a copy.
 * @param root the folder of the program
 * @param before called before anything is changed, with whether the database is empty; it loads the key
 * @throws AppError `unavailable` when a newer program has used the database, and what `before` throws
 */
export async function openInstallation(root: string, before: (isNew: boolean) => void): Promise<void> {
  setRuntimeValue("programVersion", readProgram(root).version);
  await migrate(root, before);
  await rememberProgram(root);
  const { id, home, pause } = await recogniseInstallation(await readHome(), Date.now());
  if (pause)
    log.warn("paused schedules and retention until a person decides: take over, or stay apart", {
      installationId: id,
      place: home.place,
      reason: pause.reason,
      originalId: pause.originalId,
      originalPlace: pause.originalPlace,
    });
}
