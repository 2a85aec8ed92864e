import { z } from "zod";
import { type ClientWithState, findClient, outagesOf } from "@/db/queries/clients";
import { noSuchClient } from "@/db/stores/clients";
import { ALERT_RESOLUTIONS } from "@/lib/core/alert";
import { toIso } from "@/lib/core/clock";
import { flushHeartbeats } from "@/lib/services/agent/heartbeat-buffer";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { clientView, clientViewSchema } from "./view";

const SHOWN_OUTAGES = 20;

/** A client with its latest outages. */
export const clientDetailSchema = clientViewSchema.extend({
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
    const outages = await outagesOf(id, SHOWN_OUTAGES);
    return {
      ...(await clientView(row)),
      outages: outages.map(({ openedAt, resolvedAt, ...outage }) => ({
        ...outage,
        reportedAt: toIso(openedAt),
        endedAt: toIso(resolvedAt),
      })),
    };
  },
});

/** @throws AppError `not_found` */
export async function requireClientRow(id: string): Promise<ClientWithState> {
  const row = await findClient(id);
  if (!row) throw noSuchClient();
  return row;
}
