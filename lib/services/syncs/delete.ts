import { z } from "zod";
import { deleteSync } from "@/db/stores/syncs";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireSync } from "./get";

/** Removes a sync. What it has stored stays at the destination. */
export const syncsDelete = defineVerb({
  name: "syncs.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { name } = await requireSync(id);
    await deleteSync(id, audit("sync", id, name));
    return { id };
  },
});
