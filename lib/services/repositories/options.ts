import { z } from "zod";
import { allRepositories } from "@/db/queries/repositories";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { defineVerb } from "@/lib/services/verb";

/** Every repository by name, as pickers need it. */
export const repositoriesOptions = defineVerb({
  name: "repositories.options",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run() {
    const rows = await allRepositories();
    return rows
      .map(({ id, name, kind }) => ({ id, name, kindLabel: repositoryProgram(kind).label }))
      .sort((one, other) => one.name.localeCompare(other.name, "en"));
  },
});
