import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { type Config, joinSecrets } from "@/lib/secrets/config";

export const CONFIG_BACKUP_SETTINGS = "config-backup";
export const CONFIG_BACKUP_SECRETS = ["passphrase"] as const;
export const PASSPHRASE_MIN = 12;

/** As stored in the database: the passphrase sealed. */
export interface StoredConfigBackup {
  config?: Config;
  secrets?: string | null;
}

const fields = z.object({
  enabled: z.boolean().catch(false),
  cron: z.string().nullable().catch(null),
  timezone: z.string().nullable().catch(null),
  destinationId: z.string().nullable().catch(null),
  keepLast: z.int().min(1).catch(10),
});

/** How Belfry's own configuration is backed up. A malformed stored value reads as its default. */
export type ConfigBackupSettings = z.output<typeof fields>;

export function storedConfigBackup(stored: StoredConfigBackup | null): ConfigBackupSettings {
  return fields.parse(stored?.config ?? {});
}

/** The settings with the passphrase. @throws AppError `unavailable` when it does not open with this installation's key */
export async function configBackupSettings(): Promise<ConfigBackupSettings & { passphrase: string | null }> {
  const stored = await settingValue<StoredConfigBackup>(CONFIG_BACKUP_SETTINGS);
  const { passphrase } = joinSecrets(stored?.config ?? {}, stored?.secrets ?? null);
  return { ...storedConfigBackup(stored), passphrase: typeof passphrase === "string" ? passphrase : null };
}
