import { z } from "zod";
import { findEndpoint } from "@/db/queries/endpoints";
import { settingLocks, writeSetting } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { transact } from "@/db/transact";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { AppError } from "@/lib/core/errors";
import {
  CONFIG_BACKUP_SECRETS,
  CONFIG_BACKUP_SETTINGS,
  type StoredConfigBackup,
  storedConfigBackup,
} from "@/lib/jobs/config/settings";
import { joinSecrets, mergeSecrets, splitSecrets } from "@/lib/secrets/config";
import { scheduleField } from "@/lib/services/jobs/fields";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { newPassphrase } from "./fields";
import { configBackupView } from "./view";

const input = z.object({
  enabled: z.boolean().optional(),
  schedule: scheduleField.optional(),
  destinationId: idField.nullable().optional(),
  keepLast: z.int("Enter a whole number.").min(1, "Keep at least one.").max(10_000, "At most 10,000.").optional(),
  /** Blank, omitted or `{ stored: true }` keeps it; null removes it. */
  passphrase: z.union([newPassphrase, z.literal(""), z.object({ stored: z.literal(true) }), z.null()]).optional(),
});

/** Changes only what is named. */
export const configBackupUpdate = defineVerb({
  name: "configBackup.update",
  permission: "admin",
  changes: true,
  input,
  async run({ audit }, changes) {
    await assertSchedulable(changes);
    const { passphrase, schedule, ...named } = changes;
    const detail = { ...named, schedule, passphrase: passphrase === undefined ? undefined : "changed" };
    await transact(settingLocks(CONFIG_BACKUP_SETTINGS), function* (tx) {
      const known = yield* readSetting<StoredConfigBackup>(tx, CONFIG_BACKUP_SETTINGS);
      const next = {
        ...storedConfigBackup(known),
        ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
        ...(schedule !== undefined && { cron: schedule?.cron ?? null, timezone: schedule?.timezone ?? null }),
      };
      const stored = joinSecrets({}, known?.secrets ?? null);
      const { passphrase: kept } = mergeSecrets(stored, { passphrase }, CONFIG_BACKUP_SECRETS);
      assertComplete(next, kept);
      const { sealed } = splitSecrets({ passphrase: kept }, CONFIG_BACKUP_SECRETS);
      const row = audit("settings", CONFIG_BACKUP_SETTINGS, "Configuration backup", detail);
      yield* writeSetting(tx, CONFIG_BACKUP_SETTINGS, { config: next, secrets: sealed }, row);
    });
    return configBackupView();
  },
});

async function assertSchedulable({ schedule, destinationId }: z.output<typeof input>): Promise<void> {
  const fields: Record<string, string> = {};
  const problem = schedule ? scheduleProblem(schedule) : null;
  if (problem) fields[`schedule.${problem.field}`] = problem.message;
  if (destinationId && !(await findEndpoint("destinations", destinationId)))
    fields.destinationId = "There is no such destination.";
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

/** Enabled, it must be able to run: a backup that fails every night is worse than none. */
function assertComplete(next: ReturnType<typeof storedConfigBackup>, passphrase: unknown): void {
  if (!next.enabled) return;
  const fields: Record<string, string> = {};
  if (next.cron === null) fields.schedule = "Set a schedule.";
  if (!next.destinationId) fields.destinationId = "Choose a destination.";
  if (!passphrase) fields.passphrase = "Enter a passphrase: it encrypts the backup.";
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}
