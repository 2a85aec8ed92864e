import { z } from "zod";
import { allRepositories } from "@/db/queries/repositories";
import { readLocation } from "@/lib/jobs/repositories/location";
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
      .map(({ id, name, kind, location }) => {
        const place = readLocation(kind, location);
        const isOnServer = typeof place !== "string" && place.type === "server";
        return { id, name, kindLabel: repositoryProgram(kind).label, isOnServer };
      })
      .sort((one, other) => one.name.localeCompare(other.name, "en"));
  },
});
