import { z } from "zod";
import { auditChange } from "@/db/stores/audit";
import { emit } from "@/lib/dispatch/emit";
import { configBackupCompleted } from "@/lib/events/config-backup-completed";
import { exportConfiguration } from "@/lib/jobs/config/content";
import { encrypt } from "@/lib/jobs/config/format";
import { defineVerb } from "@/lib/services/verb";
import { newPassphrase } from "./fields";

/** A configuration backup created for this call, for a route handler to send. */
export interface ConfigurationFile {
  name: string;
  bytes: Buffer;
}

/** The whole configuration, secrets included, encrypted with the caller's passphrase. */
export const configBackupDownload = defineVerb({
  name: "configBackup.download",
  permission: "admin",
  changes: true,
  input: z.object({ passphrase: newPassphrase }),
  async run({ actor, now, audit }, { passphrase }): Promise<ConfigurationFile> {
    const bytes = await encrypt(await exportConfiguration(now), passphrase);
    await emit(
      configBackupCompleted.draft({
        subject: { kind: "installation", id: "belfry", name: "Belfry" },
        data: { actorName: actor.name, destinationNames: ["a download"] },
      }),
      auditChange(audit("configuration", null, "Belfry configuration")),
    );
    const day = new Date(now).toISOString().slice(0, 10);
    return { name: `belfry-configuration-${day}.belfry`, bytes };
  },
});
