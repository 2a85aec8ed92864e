"use server";

import { syncsCreate } from "@/lib/services/syncs/create";
import { syncsDelete } from "@/lib/services/syncs/delete";
import { syncsRun } from "@/lib/services/syncs/run";
import { syncsUpdate } from "@/lib/services/syncs/update";
import { action } from "@/lib/web/action";

export const createSyncAction = action(syncsCreate);
export const updateSyncAction = action(syncsUpdate);
export const runSyncAction = action(syncsRun);
export const deleteSyncAction = action(syncsDelete);
