import { z } from "zod";
import { jobsOfClient } from "@/db/queries/client-runs";
import { type ClientWithState, findClient, outagesOf } from "@/db/queries/clients";
import { latestRuns, type RunRow } from "@/db/queries/runs";
import { noSuchClient } from "@/db/stores/clients";
import { ALERT_RESOLUTIONS } from "@/lib/core/alert";
import { toIso } from "@/lib/core/clock";
import { flushHeartbeats } from "@/lib/services/agent/heartbeat-buffer";
import { idField } from "@/lib/services/page";
import { runView, runViewSchema } from "@/lib/services/runs/view";
import { defineVerb } from "@/lib/services/verb";
import { clientView, clientViewSchema } from "./view";

const SHOWN_OUTAGES = 20;

/** A client with its latest outages. */
export const clientDetailSchema = clientViewSchema.extend({
  /** Jobs that it executes, with the last run of each. */
  jobs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      clientJob: z.string(),
      enabled: z.boolean(),
      lastRun: runViewSchema.nullable(),
    }),
  ),
  /** Those that people were notified of, the last one first; the ids are those of the alerts. */
  outages: z.array(
    z.object({
      id: z.string(),
      reportedAt: z.iso.datetime(),
      endedAt: z.iso.datetime().nullable(),
      /** `event`: it reported again. */
      resolution: z.enum(ALERT_RESOLUTIONS).nullable(),
    }),
  ),
});
export type ClientDetail = z.infer<typeof clientDetailSchema>;

export const clientsGet = defineVerb({
  name: "clients.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<ClientDetail> {
    await flushHeartbeats();
    const row = await requireClientRow(id);
    const [outages, jobs] = await Promise.all([outagesOf(id, SHOWN_OUTAGES), jobsOfClient(id)]);
    const last = await latestRuns(jobs.map((job) => job.id));
    return {
      ...(await clientView(row)),
      jobs: jobs.map((job) => ({ ...job, lastRun: runViewOrNull(last.get(job.id)) })),
      outages: outages.map(({ openedAt, resolvedAt, ...outage }) => ({
        ...outage,
        reportedAt: toIso(openedAt),
        endedAt: toIso(resolvedAt),
      })),
    };
  },
});

const runViewOrNull = (row: RunRow | undefined) => (row ? runView(row) : null);

/** @throws AppError `not_found` */
export async function requireClientRow(id: string): Promise<ClientWithState> {
  const row = await findClient(id);
  if (!row) throw noSuchClient();
  return row;
}
