import { z } from "zod";
import { queueRun } from "@/db/stores/runs";
import { AppError } from "@/lib/core/errors";
import type { RepositoryTask } from "@/lib/core/repository";
import { idField } from "@/lib/services/page";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";
import { requireRepository } from "./find";

/** Queues a task of a repository. One run of a repository goes at a time: another one waits. */
function defineTaskVerb(kind: RepositoryTask) {
  return defineVerb({
    name: `repositories.${kind}`,
    permission: "operator",
    changes: true,
    input: z.object({ id: idField }),
    async run({ actor, now, audit }, { id }) {
      const { repository } = await requireRepository(id);
      if (kind === "prune" && !repository.retention)
        throw new AppError(
          "conflict",
          "Nothing says which archives a prune keeps: set it in the repository's settings.",
        );
      const row = queuedRun({ kind, jobId: null, repositoryId: id, name: repository.name, actor, now });
      return { runId: await queueRun(row, audit("repository", id, repository.name)) };
    },
  });
}

export const repositoriesCheck = defineTaskVerb("check");
export const repositoriesCompact = defineTaskVerb("compact");
export const repositoriesPrune = defineTaskVerb("prune");
