"use server";

import { configBackupRun } from "@/lib/services/config-backup/run";
import { configBackupUpdate } from "@/lib/services/config-backup/update";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { action } from "@/lib/web/action";

export const updateGeneral = action(settingsGeneralUpdate);
export const updateConfigBackup = action(configBackupUpdate);
export const runConfigBackup = action(configBackupRun);
