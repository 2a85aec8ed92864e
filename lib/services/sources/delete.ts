import { z } from "zod";
import { findSource } from "@/db/queries/sources";
import { deleteSource } from "@/db/stores/sources";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Removes a source that nothing uses; otherwise the answer names what does. */
export const sourcesDelete = defineVerb({
  name: "sources.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const row = await findSource(id);
    if (!row) throw new AppError("not_found", "There is no such source.");
    const users = await deleteSource(id, audit("source", id, row.name, { kind: row.kind }));
    if (users.length > 0) throw new AppError("conflict", `${row.name} is used by ${users.join(", ")}.`);
    return { id };
  },
});
