import { z } from "zod";
import type { ArtifactRow } from "@/db/queries/artifacts";
import { toIso } from "@/lib/core/clock";
import { COMPRESSIONS } from "@/lib/core/job";
import { ROLES, type Role } from "@/lib/core/role";
import { dumpSourceKind } from "@/lib/jobs/registry";

/** A stored backup as it is answered. */
export const artifactViewSchema = z.object({
  id: z.string(),
  runId: z.string(),
  /** Null for backups of Belfry's own configuration. */
  jobId: z.string().nullable(),
  jobName: z.string(),
  destinationId: z.string(),
  destinationName: z.string(),
  sourceKind: z.string(),
  /** What it is restored to; `configuration` is restored in Settings. */
  restoresTo: z.enum(["file", "directory", "database", "configuration"]),
  /** Who sees it, and so may download and restore it, if the role may do that at all. */
  leastRole: z.enum(ROLES),
  compression: z.enum(COMPRESSIONS),
  bytes: z.number(),
  /** Hex, over what is stored. */
  sha256: z.string(),
  /** Before compression; null for backups of earlier versions. */
  rawBytes: z.number().nullable(),
  contents: z
    .object({ files: z.int().nullable(), tables: z.int().nullable(), filledTables: z.int().nullable() })
    .nullable(),
  /** Why it is suspect, in a sentence: it does not count among those that are kept until a person accepts it. */
  suspicion: z.string().nullable(),
  acceptedAt: z.iso.datetime().nullable(),
  acceptedBy: z.string().nullable(),
  /** When it was last restored completely, as a test or for good. */
  provenAt: z.iso.datetime().nullable(),
  /** Why its last restore test failed. */
  proofError: z.string().nullable(),
  /** When an integrity check last read it, and what that found wrong. */
  rereadAt: z.iso.datetime().nullable(),
  damage: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type ArtifactView = z.infer<typeof artifactViewSchema>;

export function artifactView(row: ArtifactRow, leastRole: Role): ArtifactView {
  return {
    id: row.id,
    runId: row.runId,
    jobId: row.jobId,
    jobName: row.jobName,
    destinationId: row.destinationId,
    destinationName: row.destinationName,
    sourceKind: row.sourceKind,
    restoresTo: dumpSourceKind(row.sourceKind)?.restoresTo ?? "configuration",
    leastRole,
    compression: row.compression,
    bytes: row.bytes,
    sha256: row.sha256,
    rawBytes: row.rawBytes,
    contents: row.contents,
    suspicion: row.suspicion,
    acceptedAt: toIso(row.acceptedAt),
    acceptedBy: row.acceptedBy,
    provenAt: toIso(row.provenAt),
    proofError: row.proofError,
    rereadAt: toIso(row.rereadAt),
    damage: row.damage,
    createdAt: toIso(row.createdAt),
  };
}
