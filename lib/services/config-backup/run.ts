import { z } from "zod";
import { queueRun } from "@/db/stores/runs";
import { AppError } from "@/lib/core/errors";
import { CONFIG_NAME } from "@/lib/jobs/config/backup";
import { configBackupSettings } from "@/lib/jobs/config/settings";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";

/** Backs up Belfry's configuration to the destination of its settings, now. */
export const configBackupRun = defineVerb({
  name: "configBackup.run",
  permission: "admin",
  changes: true,
  input: z.object({}),
  async run({ actor, now, audit }) {
    const { destinationId, passphrase } = await configBackupSettings();
    const fields = {
      ...(!destinationId && { destinationId: "Choose a destination." }),
      ...(!passphrase && { passphrase: "Enter a passphrase: it encrypts the backup." }),
    };
    if (!destinationId || !passphrase) {
      throw new AppError("invalid", "The configuration backup has no destination or no passphrase yet.", { fields });
    }
    const row = queuedRun({
      kind: "config_backup",
      jobId: null,
      name: CONFIG_NAME,
      params: { destinationId },
      actor,
      now,
    });
    return { runId: await queueRun(row, audit("configuration", null, CONFIG_NAME)) };
  },
});
