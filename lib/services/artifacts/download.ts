import { basename } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { openEndpointById } from "@/lib/jobs/endpoints";
import { openStoredFile } from "@/lib/jobs/probe";
import { archiveFileName } from "@/lib/jobs/repositories/archive-file-name";
import { readRepositoryStream } from "@/lib/jobs/repositories/read-stream";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { toRunError } from "@/lib/jobs/run-error";
import { repositoryOfArtifact } from "@/lib/jobs/stored-artifact";
import { defineVerb } from "@/lib/services/verb";
import { artifactReference, requireArtifact } from "./find";

/** A stored backup as a stream of the bytes at its destination, for a route handler to send. */
export interface Download {
  name: string;
  /** Null: how long it will be is not known. */
  bytes: number | null;
  stream: Readable;
}

export const artifactsDownload = defineVerb({
  name: "artifacts.download",
  permission: "operator",
  changes: false,
  records: {
    does: "reveals",
    entity: "artifact",
    async subject({ id: reference }, actor) {
      const { id, path, bytes, jobName, destinationName } = await requireArtifact(reference, actor);
      return { id, name: jobName, detail: { file: basename(path), bytes, destination: destinationName } };
    },
  },
  input: z.object({ id: artifactReference }),
  async run({ actor }, { id }): Promise<Download> {
    const row = await requireArtifact(id, actor);
    try {
      if (row.repositoryId !== null) return await archiveDownload(row.repositoryId, row.path);
      const stream = await openStoredFile(await openEndpointById(row.destinationId), row.path);
      return { name: basename(row.path), bytes: row.bytes, stream };
    } catch (error) {
      throw new AppError("unavailable", toRunError(error).message, { cause: error });
    }
  },
});

/** How long the first byte may take, milliseconds. */
const FIRST_MS = 120_000;

/** @throws RunError */
async function archiveDownload(repositoryId: string, archive: string): Promise<Download> {
  const repository = await repositoryOfArtifact(repositoryId);
  const { exportTar } = repositoryProgram(repository.kind);
  const stream = await readRepositoryStream(repository, (io) => exportTar(repository, archive, null, io), FIRST_MS);
  return { name: archiveFileName(repository, archive), bytes: null, stream };
}
