import { z } from "zod";
import { auditChange } from "@/db/stores/audit";
import { emit } from "@/lib/dispatch/emit";
import { configBackupCompleted } from "@/lib/events/config-backup-completed";
import { configBackupFailed } from "@/lib/events/config-backup-failed";
import { INSTALLATION_SUBJECT } from "@/lib/events/subjects";
import { defineVerb } from "@/lib/services/verb";

/** Says how a configuration backup ended that the caller itself wrote into a file, once that is known. */
export const configBackupReport = defineVerb({
  name: "configBackup.report",
  permission: "admin",
  changes: true,
  input: z.object({
    /** Where it was to be written. */
    file: z.string().min(1).max(5_000),
    /** Why it was not; none: it is complete and on disk. */
    error: z.string().min(1).max(5_000).optional(),
  }),
  async run({ actor, audit }, { file, error }): Promise<Record<string, never>> {
    const data = { actorName: actor.name, destinationNames: [file], ...(error !== undefined && { error }) };
    const draft = { subject: INSTALLATION_SUBJECT, data };
    const event = error === undefined ? configBackupCompleted.draft(draft) : configBackupFailed.draft(draft);
    await emit(event, auditChange(audit("configuration", null, "Belfry configuration", { file, error })));
    return {};
  },
});
