import { z } from "zod";
import { overdueByDestination, storedByDestination } from "@/db/queries/artifacts";
import type { EndpointRow } from "@/db/queries/endpoints";
import { probe } from "@/lib/jobs/probe";
import { destinationKind } from "@/lib/jobs/registry";
import { usableConfig } from "@/lib/services/channels/config";
import { endpointViewSchema } from "@/lib/services/endpoints/view";

const usageSchema = z.object({
  /** Stored backups, and their bytes. */
  count: z.int(),
  bytes: z.number(),
  /** Backups beyond the number that their jobs keep: they could not be removed. */
  overdue: z.int(),
  /** Null: unknown. */
  freeBytes: z.number().nullable(),
});
type Usage = z.infer<typeof usageSchema>;

/** A destination as it is answered: an endpoint, and how full it is. */
export const destinationViewSchema = endpointViewSchema.extend({ usage: usageSchema });

/** How full destinations are. */
export async function readDestinationUsage(rows: EndpointRow[]): Promise<(row: EndpointRow) => { usage: Usage }> {
  const [stored, overdue, free] = await Promise.all([
    storedByDestination(),
    overdueByDestination(),
    Promise.all(rows.map(async (row) => [row.id, await freeBytesOf(row)] as const)),
  ]);
  const freeById = new Map(free);
  return ({ id }) => ({
    usage: {
      count: 0,
      bytes: 0,
      ...stored.get(id),
      overdue: overdue.get(id) ?? 0,
      freeBytes: freeById.get(id) ?? null,
    },
  });
}

const FREE_MS = 1_000;

/** A disk that does not answer delays no page. */
async function freeBytesOf(row: EndpointRow): Promise<number | null> {
  const kind = destinationKind(row.kind);
  if (!kind) return null;
  try {
    return await probe([], (io) => kind.freeBytes(kind.parse(usableConfig(kind, row)), io), FREE_MS);
  } catch {
    return null;
  }
}
