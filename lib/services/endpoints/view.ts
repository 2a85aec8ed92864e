import { z } from "zod";
import { connectionsOf } from "@/db/queries/connections";
import type { EndpointRow, EndpointUse } from "@/db/queries/endpoints";
import { labelsOf } from "@/db/queries/labels";
import type { ConnectionRow } from "@/db/stores/connections";
import { toIso } from "@/lib/core/clock";
import { CONNECTION_STATES, connectionState } from "@/lib/core/connection";
import { maskSecrets } from "@/lib/secrets/config";
import { storedConfig } from "@/lib/services/channels/config";
import { labelsView } from "@/lib/services/labels/fields";
import { type EndpointKinds, summarizeEndpoint } from "./kind";

/** Whether it was reached at the last look. */
export const connectionSchema = z.object({
  state: z.enum(CONNECTION_STATES),
  /** When it was first not reached; null: it was. */
  since: z.iso.datetime().nullable(),
  /** Why not, a sentence. */
  problem: z.string().nullable(),
  /** Of its engine, where it has one. */
  version: z.string().nullable(),
  checkedAt: z.iso.datetime().nullable(),
});

/** A source or destination as it is answered; secrets are `{ stored: true }`. */
export const endpointViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  kindLabel: z.string(),
  labels: labelsView,
  /** Where it is, in one line. */
  summary: z.string(),
  config: z.record(z.string(), z.unknown()),
  /** The mounts that it lay on when it was set up: without them its runs cannot start. */
  mountPoints: z.array(z.string()),
  /** Whether it was reached at the last look. */
  connection: connectionSchema,
  /** The jobs that use it. */
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type EndpointView = z.infer<typeof endpointViewSchema>;

export interface EndpointViewSpec<X extends object> {
  kinds: EndpointKinds;
  jobsUsing(ids: string[]): Promise<EndpointUse[]>;
  /** Reads what the view of each endpoint has beyond the common fields. */
  describe(rows: EndpointRow[]): Promise<(row: EndpointRow) => X>;
}

/** Endpoints as anyone signed in may see them. A stored configuration that cannot be read breaks no list. */
export async function endpointViews<X extends object>(
  { kinds, jobsUsing, describe }: EndpointViewSpec<X>,
  rows: EndpointRow[],
): Promise<(EndpointView & X)[]> {
  const ids = rows.map((row) => row.id);
  const [uses, labels, connections, more] = await Promise.all([
    jobsUsing(ids),
    labelsOf(kinds.noun, ids),
    connectionsOf(ids),
    describe(rows),
  ]);
  return rows.map((row) => {
    const kind = kinds.find(row.kind);
    const config = storedConfig(row);
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      kindLabel: kind?.label ?? row.kind,
      labels: labels.get(row.id) ?? {},
      summary: summarizeEndpoint(kind, config),
      config: maskSecrets(config, kind?.secretFields ?? []),
      mountPoints: Object.values(row.mounts ?? {}).filter((point) => point !== "/"),
      connection: connectionView(connections.get(row.id)),
      usedBy: uses.filter((job) => job.endpointId === row.id).map(({ id, name }) => ({ id, name })),
      ...more(row),
      createdAt: toIso(row.createdAt),
      updatedAt: toIso(row.updatedAt),
    };
  });
}

/** The last look at a source, destination or repository in answers; undefined: there was none. */
export function connectionView(row: ConnectionRow | undefined): z.infer<typeof connectionSchema> {
  return {
    state: connectionState(row?.misses),
    since: toIso(row?.missingSince ?? null),
    problem: row?.problem ?? null,
    version: row?.version ?? null,
    checkedAt: toIso(row?.checkedAt ?? null),
  };
}
