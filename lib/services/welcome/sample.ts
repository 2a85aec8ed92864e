import { join, resolve } from "node:path";
import { z } from "zod";
import { ownDatabaseFile } from "@/db/queries/own-file";
import { peekSingleton } from "@/lib/core/singletons";
import { defineVerb } from "@/lib/services/verb";

/**
 * Returns what can be backed up without any credentials: Belfry's own database, into a folder beside it.
 * Absolute paths; `databaseFile` is null where Belfry keeps its data on a PostgreSQL server.
 */
export const welcomeSample = defineVerb({
  name: "welcome.sample",
  permission: "admin",
  changes: false,
  input: z.object({}),
  async run() {
    const file = ownDatabaseFile();
    return {
      databaseFile: file === null ? null : resolve(file),
      backupsFolder: join(resolve(peekSingleton<string>("app.dataDir") ?? "data"), "backups"),
    };
  },
});
