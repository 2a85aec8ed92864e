import { z } from "zod";
import { queueRun } from "@/db/stores/runs";
import { AppError } from "@/lib/core/errors";
import { dumpSourceKind } from "@/lib/jobs/registry";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";
import { artifactReference, requireArtifact } from "./find";

/** Restores a backup into a scratch place, compares what came back, and removes the place. */
export const artifactsTestRestore = defineVerb({
  name: "artifacts.testRestore",
  permission: "operator",
  changes: true,
  input: z.object({ id: artifactReference }),
  async run({ actor, now, audit }, { id: reference }) {
    const artifact = await requireArtifact(reference, actor);
    if (!dumpSourceKind(artifact.sourceKind)) {
      throw new AppError("invalid", "A backup of Belfry's configuration was read back and decrypted when it was made.");
    }
    const { id, jobId, jobName: name } = artifact;
    const row = queuedRun({ kind: "restore_test", jobId, name, params: { artifactId: id }, actor, now });
    return { runId: await queueRun(row, audit("artifact", id, name)) };
  },
});
