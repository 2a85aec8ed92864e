import { z } from "zod";
import { auditChange } from "@/db/stores/audit";
import { transact } from "@/db/transact";
import { exportConfiguration } from "@/lib/jobs/config/content";
import { encrypt } from "@/lib/jobs/config/format";
import { defineVerb } from "@/lib/services/verb";
import { newPassphrase } from "./fields";

/**
 * The whole configuration, secrets included, encrypted with the caller's passphrase, for a caller that writes the file
 * and says by `configBackup.report` how that ended: a backup is complete when it is on disk, not before.
 */
export const configBackupCreate = defineVerb({
  name: "configBackup.create",
  permission: "admin",
  changes: true,
  input: z.object({ passphrase: newPassphrase }),
  async run({ now, audit }, { passphrase }): Promise<{ base64: string }> {
    const bytes = await encrypt(await exportConfiguration(now), passphrase);
    const { apply } = auditChange(audit("configuration", null, "Belfry configuration"));
    await transact([], (tx) => apply(tx, ""));
    return { base64: bytes.toString("base64") };
  },
});
