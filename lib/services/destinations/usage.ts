import { z } from "zod";
import { overdueByDestination, storedByDestination } from "@/db/queries/artifacts";
import type { EndpointRow } from "@/db/queries/endpoints";
import { storageUsageOf } from "@/db/queries/storage";
import { toIso } from "@/lib/core/clock";
import { type DestinationWatch, NOTHING_WATCHED } from "@/lib/core/destination-watch";
import { DEFAULT_THRESHOLD, type StorageFigures, type StorageThreshold } from "@/lib/core/storage";
import { probe } from "@/lib/jobs/probe";
import { destinationKind } from "@/lib/jobs/registry";
import { usableConfig } from "@/lib/services/channels/config";
import { thresholdView, watchView } from "@/lib/services/endpoints/threshold";
import { endpointViewSchema } from "@/lib/services/endpoints/view";

const usageSchema = z.object({
  /** Stored backups, and their bytes. */
  count: z.int(),
  bytes: z.number(),
  /** Backups beyond the number that their jobs keep: they could not be removed. */
  overdue: z.int(),
  /** Of the file system, or of the quota; null: unknown. */
  usedBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  /** Why it could not be measured, a sentence. */
  problem: z.string().nullable(),
  /** When it was last looked at. */
  checkedAt: z.iso.datetime().nullable(),
});
type Usage = z.infer<typeof usageSchema>;

/** A destination as it is answered: an endpoint, how full it is, and when that counts as low. */
export const destinationViewSchema = endpointViewSchema.extend({
  threshold: thresholdView,
  watch: watchView,
  usage: usageSchema,
});

/** How full destinations are: by the last look at each, or by one of its own where there was none yet. */
export async function readDestinationUsage(
  rows: EndpointRow[],
): Promise<(row: EndpointRow) => { threshold: StorageThreshold; watch: DestinationWatch; usage: Usage }> {
  const checks = await storageUsageOf(rows.map(({ id }) => id));
  const unchecked = rows.filter(({ id }) => !checks.has(id));
  const [stored, overdue, measured] = await Promise.all([
    storedByDestination(),
    overdueByDestination(),
    Promise.all(unchecked.map(async (row) => [row.id, await measureNow(row)] as const)),
  ]);
  const now = new Map(measured);
  return ({ id, threshold, watch }) => {
    const check = checks.get(id);
    const figures = check ?? now.get(id);
    return {
      threshold: threshold ?? DEFAULT_THRESHOLD,
      watch: watch ?? NOTHING_WATCHED,
      usage: {
        count: 0,
        bytes: 0,
        ...stored.get(id),
        overdue: overdue.get(id) ?? 0,
        usedBytes: figures?.usedBytes ?? null,
        freeBytes: figures?.freeBytes ?? null,
        problem: check?.problem ?? null,
        checkedAt: check ? toIso(check.checkedAt) : null,
      },
    };
  };
}

const ANSWER_MS = 1_000;

/** A disk that does not answer delays no page. */
async function measureNow(row: EndpointRow): Promise<StorageFigures | null> {
  const kind = destinationKind(row.kind);
  if (!kind) return null;
  try {
    return await probe([], (io) => kind.measure(kind.parse(usableConfig(kind, row)), io), ANSWER_MS);
  } catch {
    return null;
  }
}
