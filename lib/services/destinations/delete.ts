import { z } from "zod";
import { findDestination } from "@/db/queries/destinations";
import { deleteDestination } from "@/db/stores/destinations";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Removes a destination that nothing uses; otherwise the answer names what does. */
export const destinationsDelete = defineVerb({
  name: "destinations.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const row = await findDestination(id);
    if (!row) throw new AppError("not_found", "There is no such destination.");
    const users = await deleteDestination(id, audit("destination", id, row.name, { kind: row.kind }));
    if (users.length > 0) throw new AppError("conflict", `${row.name} is used by ${users.join(", ")}.`);
    return { id };
  },
});
