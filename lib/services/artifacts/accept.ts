import { z } from "zod";
import { findArtifact } from "@/db/queries/artifacts";
import { acceptBackup } from "@/db/stores/artifacts";
import { AppError } from "@/lib/core/errors";
import { defineVerb } from "@/lib/services/verb";
import { artifactReference, leastRoles, requireNewestArtifact } from "./find";
import { artifactView } from "./view";

/**
 * Says that the size of a suspect backup is right: it counts again, and later ones are compared with it. `latest:` is the job's newest
 * backup, suspect or not: of those that nobody doubts, none needs it.
 */
export const artifactsAccept = defineVerb({
  name: "artifacts.accept",
  permission: "operator",
  changes: true,
  input: z.object({ id: artifactReference }),
  async run({ actor, now, audit }, { id: reference }) {
    const row = await requireNewestArtifact(reference, actor);
    const { id } = row;
    if (row.suspicion === null) throw new AppError("conflict", "Nobody doubts this backup.");
    if (row.acceptedAt === null) {
      const detail = { suspicion: row.suspicion };
      await acceptBackup(row.runId, actor.name, now, audit("artifact", id, row.jobName, detail));
    }
    return artifactView((await findArtifact(id)) ?? row, (await leastRoles())(row));
  },
});
