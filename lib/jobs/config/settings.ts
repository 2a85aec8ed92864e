import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { type Config, joinSecrets } from "@/lib/secrets/config";

export const CONFIG_BACKUP_SETTINGS = "config-backup";
export const CONFIG_BACKUP_SECRETS = ["passphrase"] as const;

export const PASSPHRASE_MIN = 12;

const stored = z.object({
  enabled: z.boolean().catch(false),
  cron: z.string().nullable().catch(null),
  timezone: z.string().nullable().catch(null),
  destinationId: z.string().nullable().catch(null),
  keepLast: z.number().int().min(1).catch(10),
  passphrase: z.string().nullable().catch(null),
});

/** How Belfry's own configuration is backed up. A malformed stored value reads as its default. */
export type ConfigBackupSettings = z.output<typeof stored>;

/** @throws AppError `unavailable` when the passphrase does not open with this installation's key */
export async function configBackupSettings(): Promise<ConfigBackupSettings> {
  const value = await settingValue<{ config?: Config; secrets?: string | null }>(CONFIG_BACKUP_SETTINGS);
  return stored.parse(value ? joinSecrets(value.config ?? {}, value.secrets ?? null) : {});
}
