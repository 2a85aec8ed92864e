import { z } from "zod";
import { storedByDestination } from "@/db/queries/artifacts";
import { type DestinationRow, jobsOfDestinations } from "@/db/queries/destinations";
import { toIso } from "@/lib/core/clock";
import { probe } from "@/lib/jobs/probe";
import { destinationKind } from "@/lib/jobs/registry";
import { maskSecrets } from "@/lib/secrets/config";
import { storedConfig } from "@/lib/services/channels/config";

/** A destination as it is answered; secrets are `{ stored: true }`. */
export const destinationViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  kindLabel: z.string(),
  config: z.record(z.string(), z.unknown()),
  /** The jobs that would miss it. */
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
  usage: z.object({
    /** Stored backups, and their bytes. */
    count: z.int(),
    bytes: z.number(),
    /** Null: nobody knows. */
    freeBytes: z.number().nullable(),
  }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type DestinationView = z.infer<typeof destinationViewSchema>;

/** Destinations as anybody signed in may see them. A stored configuration that cannot be read takes no list down. */
export async function destinationViews(rows: DestinationRow[]): Promise<DestinationView[]> {
  const [used, stored, free] = await Promise.all([
    jobsOfDestinations(rows.map((row) => row.id)),
    storedByDestination(),
    Promise.all(rows.map(freeBytesOf)),
  ]);
  return rows.map((row, index) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    kindLabel: destinationKind(row.kind)?.label ?? row.kind,
    config: maskSecrets(storedConfig(row), destinationKind(row.kind)?.secretFields ?? []),
    usedBy: used.filter((job) => job.destinationId === row.id).map(({ id, name }) => ({ id, name })),
    usage: { count: 0, bytes: 0, ...stored.get(row.id), freeBytes: free[index] ?? null },
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
  }));
}

/** One destination. */
export async function destinationView(row: DestinationRow): Promise<DestinationView> {
  const [view] = await destinationViews([row]);
  return view as DestinationView;
}

const FREE_MS = 1_000;

/** A disk that does not answer holds no page up. */
async function freeBytesOf(row: DestinationRow): Promise<number | null> {
  const kind = destinationKind(row.kind);
  if (!kind) return null;
  try {
    return await probe([], (io) => kind.freeBytes(kind.parse(storedConfig(row)), io), FREE_MS);
  } catch {
    return null;
  }
}
