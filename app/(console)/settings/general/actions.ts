"use server";

import { configBackupRun } from "@/lib/services/config-backup/run";
import { configBackupUpdate } from "@/lib/services/config-backup/update";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { settingsHeartbeatTest } from "@/lib/services/settings/heartbeat-test";
import { settingsHeartbeatUpdate } from "@/lib/services/settings/heartbeat-update";
import { action } from "@/lib/web/action";

export const updateGeneralAction = action(settingsGeneralUpdate);
export const updateConfigBackupAction = action(configBackupUpdate);
export const runConfigBackupAction = action(configBackupRun);
export const updateHeartbeatAction = action(settingsHeartbeatUpdate);
export const testHeartbeatAction = action(settingsHeartbeatTest);
