import { z } from "zod";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireRepository } from "./find";
import { type RepositoryView, repositoryView } from "./view";

/** A repository as it was when it was last read; nothing is asked of it. */
export const repositoriesGet = defineVerb({
  name: "repositories.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<RepositoryView> {
    return await repositoryView(await requireRepository(id));
  },
});
