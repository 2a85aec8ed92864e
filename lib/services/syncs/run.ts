import { z } from "zod";
import { queueSyncRun } from "@/db/stores/syncs";
import { idField } from "@/lib/services/page";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";
import { requireSync } from "./get";

/** Requests a run. While one of the sync waits already, that one is the answer. */
export const syncsRun = defineVerb({
  name: "syncs.run",
  permission: "operator",
  changes: true,
  input: z.object({
    id: idField,
    deleteMany: z
      .boolean()
      .default(false)
      .meta({ description: "Delete what is gone from the folder, also when that is most of its files" }),
  }),
  async run({ actor, now, audit }, { id, deleteMany }) {
    const { name } = await requireSync(id);
    const params = deleteMany ? { deletesMany: true as const } : {};
    const row = queuedRun({ kind: "sync", jobId: null, syncId: id, name, params, actor, now });
    return { runId: await queueSyncRun(row, audit("sync", id, name, deleteMany ? { deleteMany } : undefined)) };
  },
});
