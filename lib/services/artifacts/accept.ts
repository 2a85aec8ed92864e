import { z } from "zod";
import { findArtifact } from "@/db/queries/artifacts";
import { acceptBackup } from "@/db/stores/artifacts";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { leastRoles, requireArtifact } from "./find";
import { artifactView } from "./view";

/** Says that the size of a suspect backup is right: it counts again, and later ones are compared with it. */
export const artifactsAccept = defineVerb({
  name: "artifacts.accept",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, now, audit }, { id }) {
    const row = await requireArtifact(id, actor);
    if (row.suspicion === null) throw new AppError("conflict", "Nobody doubts this backup.");
    if (row.acceptedAt === null) {
      const detail = { suspicion: row.suspicion };
      await acceptBackup(row.runId, actor.name, now, audit("artifact", id, row.jobName, detail));
    }
    return artifactView((await findArtifact(id)) ?? row, (await leastRoles())(row));
  },
});
