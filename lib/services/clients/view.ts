import { z } from "zod";
import type { ClientWithState } from "@/db/queries/clients";
import { labelsOf } from "@/db/queries/labels";
import { CLIENT_STATUSES, offlineDelayMinutes } from "@/lib/core/client";
import { toIso } from "@/lib/core/clock";
import type { Labels } from "@/lib/core/label";
import { thresholdView } from "@/lib/services/endpoints/threshold";
import { labelsView } from "@/lib/services/labels/fields";

const time = z.iso.datetime().nullable();

/** A client in answers. */
export const clientViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  labels: labelsView,
  /** `new`: it has not reported yet. `offline`: it missed three heartbeats. */
  status: z.enum(CLIENT_STATUSES),
  firstSeenAt: time,
  lastSeenAt: time,
  /** While it is offline: when it was last seen before that. */
  offlineSince: time,
  hostname: z.string().nullable(),
  /** Of its agent. */
  version: z.string().nullable(),
  /** Of its machine, when it last reported. */
  uptimeSeconds: z.int().nullable(),
  disks: z.array(
    z.object({ mount: z.string(), totalBytes: z.int(), freeBytes: z.int(), usedBytes: z.int().optional() }),
  ),
  /** When disks count as low that have a threshold of their own; the others from 90 % on. */
  diskThresholds: z.array(z.object({ mount: z.string(), threshold: thresholdView })),
  /** Names of the jobs that its own configuration allows, as it last said. */
  allowedJobs: z.array(z.string()),
  /** How often it is to report. */
  intervalSeconds: z.int(),
  /** How often it said that it reports. */
  acknowledgedIntervalSeconds: z.int().nullable(),
  /** As set; null: the usual delay of its kind. */
  offlineAfterMinutes: z.int().nullable(),
  /** The delay that holds. */
  offlineDelayMinutes: z.int(),
  intermittent: z.boolean(),
  muted: z.boolean(),
  /** The last four characters of its token; null for those who may not replace it. */
  hint: z.string().nullable(),
  revokedAt: time,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ClientView = z.infer<typeof clientViewSchema>;

export async function clientViews(rows: readonly ClientWithState[]): Promise<ClientView[]> {
  const labels = await labelsOf(
    "client",
    rows.map(({ client }) => client.id),
  );
  return rows.map((row) => viewOf(row, labels.get(row.client.id) ?? {}));
}

export async function clientView(row: ClientWithState): Promise<ClientView> {
  const [view] = await clientViews([row]);
  if (!view) throw new Error("A client has no view.");
  return view;
}

function viewOf({ client, state }: ClientWithState, labels: Labels): ClientView {
  return {
    id: client.id,
    name: client.name,
    labels,
    status: state?.status ?? "new",
    firstSeenAt: toIso(state?.firstSeenAt ?? null),
    lastSeenAt: toIso(state?.lastSeenAt ?? null),
    offlineSince: toIso(state?.offlineSince ?? null),
    hostname: state?.hostname ?? null,
    version: state?.version ?? null,
    uptimeSeconds: state?.uptimeSeconds ?? null,
    disks: state?.disks ?? [],
    diskThresholds: client.diskThresholds,
    allowedJobs: state?.jobs ?? [],
    intervalSeconds: client.intervalSeconds,
    acknowledgedIntervalSeconds: state?.intervalSeconds ?? null,
    offlineAfterMinutes: client.offlineAfterMinutes,
    offlineDelayMinutes: offlineDelayMinutes(client),
    intermittent: client.intermittent,
    muted: client.muted,
    hint: client.hint,
    revokedAt: toIso(client.revokedAt),
    createdAt: toIso(client.createdAt),
    updatedAt: toIso(client.updatedAt),
  };
}
