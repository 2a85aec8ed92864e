import { z } from "zod";
import { idField } from "@/lib/services/page";
import { type LocationHistory, locationHistory } from "@/lib/services/storage/history";
import { defineVerb } from "@/lib/services/verb";
import { requireRepository } from "./find";

/** How full the disk of a repository was in the last 90 days, and when it will be full; nothing of one on a server. */
export const repositoriesStorage = defineVerb({
  name: "repositories.storage",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now }, { id }): Promise<LocationHistory> {
    const { repository } = await requireRepository(id);
    return await locationHistory(repository.id, now);
  },
});
