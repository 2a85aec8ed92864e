import { basename } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { openEndpointById } from "@/lib/jobs/endpoints";
import { openStoredFile } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireArtifact } from "./find";

/** A stored backup as a stream of the bytes at its destination, for a route handler to send. */
export interface Download {
  name: string;
  bytes: number;
  stream: Readable;
}

export const artifactsDownload = defineVerb({
  name: "artifacts.download",
  permission: "operator",
  changes: false,
  records: {
    does: "reveals",
    entity: "artifact",
    async subject({ id }, actor) {
      const { path, bytes, jobName, destinationName } = await requireArtifact(id, actor);
      return { id, name: jobName, detail: { file: basename(path), bytes, destination: destinationName } };
    },
  },
  input: z.object({ id: idField }),
  async run({ actor }, { id }): Promise<Download> {
    const row = await requireArtifact(id, actor);
    try {
      const stream = await openStoredFile(await openEndpointById(row.destinationId), row.path);
      return { name: basename(row.path), bytes: row.bytes, stream };
    } catch (error) {
      throw new AppError("unavailable", toRunError(error).message, { cause: error });
    }
  },
});
