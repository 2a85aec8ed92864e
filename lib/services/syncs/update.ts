import { z } from "zod";
import { latestGoodBackups } from "@/db/queries/syncs";
import { type SyncChanges, type SyncRow, updateSync } from "@/db/stores/syncs";
import { nextRun } from "@/lib/core/cron/next-run";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { checkSync, copiedColumns, syncFields } from "./fields";
import { requireSync } from "./get";
import { type SyncView, syncView } from "./view";

/** Changes only what is named. The destination stays: what is stored is there. Disabling closes its alerts. */
export const syncsUpdate = defineVerb({
  name: "syncs.update",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, ...z.object(syncFields).partial().shape }),
  async run({ now, audit }, { id, ...changes }): Promise<SyncView> {
    const known = await requireSync(id);
    await checkSync(changes);
    const { from, schedule, ...plain } = changes;
    await updateSync(
      id,
      {
        ...plain,
        ...(from && (await copiedColumns(from))),
        ...(schedule !== undefined && { cron: schedule?.cron ?? null, timezone: schedule?.timezone ?? null }),
        ...nextOf(known, changes, now),
        ...(await afterOf(known, changes)),
      },
      audit("sync", id, changes.name ?? known.name, changes),
    );
    return await syncView(await requireSync(id));
  },
});

interface Changes {
  schedule?: { cron: string; timezone: string } | null;
  enabled?: boolean;
  afterJobId?: string | null;
}

/** The next time changes with the schedule and with `enabled`, and with nothing else. */
function nextOf(known: SyncRow, { schedule, enabled = known.enabled }: Changes, now: number): SyncChanges {
  const before = known.cron === null ? null : { cron: known.cron, timezone: known.timezone };
  const next = schedule === undefined ? before : schedule;
  const isSame = next?.cron === before?.cron && next?.timezone === before?.timezone && enabled === known.enabled;
  return isSame ? {} : { nextRunAt: next && enabled ? nextRun(next, now) : null };
}

/** Backups that were made before it was to follow the job, or while it was disabled, are no reason to run. */
async function afterOf(known: SyncRow, { afterJobId = known.afterJobId, enabled }: Changes): Promise<SyncChanges> {
  const isSame = afterJobId === known.afterJobId && !(enabled === true && !known.enabled);
  if (isSame) return {};
  return { afterRunId: afterJobId ? ((await latestGoodBackups([afterJobId])).get(afterJobId) ?? null) : null };
}
