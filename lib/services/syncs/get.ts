import { z } from "zod";
import { findSync, runsOfSync } from "@/db/queries/syncs";
import { pageOfSyncedFiles } from "@/db/stores/synced-files";
import { noSuchSync, type SyncRow } from "@/db/stores/syncs";
import { toIso } from "@/lib/core/clock";
import { idField } from "@/lib/services/page";
import { runView, runViewSchema } from "@/lib/services/runs/view";
import { defineVerb } from "@/lib/services/verb";
import { syncView, syncViewSchema } from "./view";

const SHOWN_RUNS = 20;
const SHOWN_MISSING = 100;

/** A sync with its latest runs, and the files that are gone from its folder. */
export const syncDetailSchema = syncViewSchema.extend({
  runs: z.array(runViewSchema),
  /** The first of the files that are in the folder no more: the next run deletes them where the sync says so. */
  missingFiles: z.array(z.object({ path: z.string(), bytes: z.number(), missingSince: z.iso.datetime() })),
});
export type SyncDetail = z.infer<typeof syncDetailSchema>;

export const syncsGet = defineVerb({
  name: "syncs.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<SyncDetail> {
    const sync = await requireSync(id);
    const [view, runs, missing] = await Promise.all([
      syncView(sync),
      runsOfSync(id, SHOWN_RUNS),
      pageOfSyncedFiles(id, "", SHOWN_MISSING, true),
    ]);
    return {
      ...view,
      runs: runs.map(runView),
      missingFiles: missing.map(({ path, bytes, missingSince }) => ({
        path,
        bytes,
        missingSince: toIso(missingSince ?? 0),
      })),
    };
  },
});

/** @throws AppError `not_found` */
export async function requireSync(id: string): Promise<SyncRow> {
  const row = await findSync(id);
  if (!row) throw noSuchSync();
  return row;
}
