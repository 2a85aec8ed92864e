import { z } from "zod";
import { deleteRepository } from "@/db/stores/repositories";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireRepository } from "./find";

/** Forgets a repository that nothing uses. Its archives stay where they are; otherwise the answer names what uses it. */
export const repositoriesDelete = defineVerb({
  name: "repositories.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { repository } = await requireRepository(id);
    const users = await deleteRepository(id, audit("repository", id, repository.name, { kind: repository.kind }));
    if (users.length > 0) throw new AppError("conflict", `${repository.name} is used by ${users.join(", ")}.`);
    return { id };
  },
});
