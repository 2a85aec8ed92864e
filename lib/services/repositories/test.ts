import { z } from "zod";
import { recordRepositoryState } from "@/db/stores/repositories";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { openRepository } from "@/lib/jobs/repositories/open-repository";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { askRepository } from "./ask";
import { requireRepository } from "./find";

/** Opens a repository and reads what it holds. */
export const repositoriesTest = defineVerb({
  name: "repositories.test",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now }, { id }): Promise<{ status: "ok"; message: string; details: string[] }> {
    const { repository } = await requireRepository(id);
    const opened = openRepository(repository);
    const program = repositoryProgram(repository.kind);
    const figures = await askRepository(opened, async (io) => {
      await program.open(opened, io);
      return await program.figures(opened, io);
    });
    await recordRepositoryState({ repositoryId: id, ...figures, readAt: now });
    const size =
      figures.deduplicatedBytes === null ? "" : `, ${formatBytes(figures.deduplicatedBytes)} without repetitions`;
    return {
      status: "ok",
      message: `${repository.name} opens: ${pluralize(figures.archives, "archive")}${size}.`,
      details: [],
    };
  },
});
