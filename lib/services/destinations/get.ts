import { z } from "zod";
import { findDestination } from "@/db/queries/destinations";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { destinationView } from "./view";

export const destinationsGet = defineVerb({
  name: "destinations.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }) {
    const row = await findDestination(id);
    if (!row) throw new AppError("not_found", "There is no such destination.");
    return destinationView(row);
  },
});
