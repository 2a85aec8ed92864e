import { z } from "zod";
import { jobsOfSources, type SourceRow } from "@/db/queries/sources";
import { toIso } from "@/lib/core/clock";
import { sourceKind } from "@/lib/jobs/registry";
import { maskSecrets } from "@/lib/secrets/config";
import { storedConfig } from "@/lib/services/channels/config";

/** A source as it is answered; secrets are `{ stored: true }`. */
export const sourceViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  kindLabel: z.string(),
  config: z.record(z.string(), z.unknown()),
  /** The jobs that would miss it. */
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type SourceView = z.infer<typeof sourceViewSchema>;

/** Sources as anybody signed in may see them. A stored configuration that cannot be read takes no list down. */
export async function sourceViews(rows: SourceRow[]): Promise<SourceView[]> {
  const used = await jobsOfSources(rows.map((row) => row.id));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    kindLabel: sourceKind(row.kind)?.label ?? row.kind,
    config: maskSecrets(storedConfig(row), sourceKind(row.kind)?.secretFields ?? []),
    usedBy: used.filter((job) => job.sourceId === row.id).map(({ id, name }) => ({ id, name })),
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
  }));
}

/** One source. */
export async function sourceView(row: SourceRow): Promise<SourceView> {
  const [view] = await sourceViews([row]);
  return view as SourceView;
}
