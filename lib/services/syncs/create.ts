import { z } from "zod";
import { countSyncs, latestGoodBackups, syncFoldersLike } from "@/db/queries/syncs";
import { insertSync } from "@/db/stores/syncs";
import { nextRun } from "@/lib/core/cron/next-run";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { slugOf } from "@/lib/services/jobs/slug";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { checkSync, copiedColumns, syncFields } from "./fields";
import { type SyncView, syncView } from "./view";

const MAX_SYNCS = 1_000;

/** Makes a sync. It stores in a folder of its own at the destination, which stays the same when it is renamed. */
export const syncsCreate = defineVerb({
  name: "syncs.create",
  permission: "admin",
  changes: true,
  input: z.object({
    name: syncFields.name,
    from: syncFields.from,
    exclude: syncFields.exclude.default([]),
    destinationId: idField,
    schedule: syncFields.schedule.default(null),
    afterJobId: syncFields.afterJobId.default(null),
    deleteRemoved: syncFields.deleteRemoved.default(false),
    enabled: syncFields.enabled.default(true),
    timeLimitMinutes: syncFields.timeLimitMinutes.default(null),
  }),
  async run({ now, audit }, input): Promise<SyncView> {
    await checkSync(input);
    if ((await countSyncs()) >= MAX_SYNCS)
      throw new AppError("limit", `There are ${MAX_SYNCS.toLocaleString("en-US")} syncs already.`);
    const { from, schedule, ...plain } = input;
    const { afterJobId } = input;
    const row = {
      ...plain,
      id: newId("syn"),
      ...(await copiedColumns(from)),
      folder: await freeFolder(input.destinationId, input.name),
      cron: schedule?.cron ?? null,
      timezone: schedule?.timezone ?? null,
      // Backups from before are no reason to run.
      afterRunId: afterJobId ? ((await latestGoodBackups([afterJobId])).get(afterJobId) ?? null) : null,
      nextRunAt: schedule && input.enabled ? nextRun(schedule, now) : null,
      createdAt: now,
      updatedAt: now,
    };
    await insertSync(row, audit("sync", row.id, row.name, input));
    return await syncView(row);
  },
});

/** A folder at the destination that no other sync has. */
async function freeFolder(destinationId: string, name: string): Promise<string> {
  const base = `syncs/${slugOf(name)}`;
  const taken = new Set(await syncFoldersLike(destinationId, base));
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number++;
  return `${base}-${number}`;
}
