import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { openRepository } from "@/lib/jobs/repositories/open-repository";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { askRepository } from "./ask";
import { requireRepository } from "./find";

/** The key of a repository, to be kept in another place. It opens nothing without the passphrase. */
export const repositoriesExportKey = defineVerb({
  name: "repositories.exportKey",
  permission: "admin",
  changes: false,
  records: {
    does: "reveals",
    entity: "repository",
    async subject({ id }) {
      return { id, name: (await requireRepository(id)).repository.name };
    },
  },
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<{ name: string; bytes: Uint8Array }> {
    const { repository } = await requireRepository(id);
    const opened = openRepository(repository);
    const key = await askRepository(opened, (io) => repositoryProgram(opened.kind).exportKey(opened, io));
    if (key === null)
      throw new AppError("conflict", `${repository.name} has no key to export: its passphrase alone opens it.`);
    return { name: `${repository.name}.borg-key.txt`, bytes: Buffer.from(key) };
  },
});
