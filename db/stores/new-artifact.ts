import { newId } from "@/lib/core/id";
import type { ArtifactRow } from "./artifacts";

/** What is known of every backup when it is stored; the rest has a default. */
export type ArtifactStart = Pick<
  ArtifactRow,
  | "runId"
  | "jobId"
  | "jobName"
  | "destinationId"
  | "destinationName"
  | "sourceKind"
  | "compression"
  | "path"
  | "bytes"
  | "sha256"
  | "createdAt"
> &
  Partial<ArtifactRow>;

/** A stored backup: the only place that spells out the row. */
export function newArtifact(start: ArtifactStart): ArtifactRow {
  return {
    id: newId("art"),
    repositoryId: null,
    installationId: null,
    rawBytes: null,
    contents: null,
    sourcePath: null,
    suspicion: null,
    acceptedAt: null,
    acceptedBy: null,
    provenAt: null,
    proofError: null,
    rereadAt: null,
    damage: null,
    ...start,
  };
}
