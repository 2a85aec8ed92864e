import { z } from "zod";
import { findSource } from "@/db/queries/sources";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { sourceView } from "./view";

export const sourcesGet = defineVerb({
  name: "sources.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }) {
    const row = await findSource(id);
    if (!row) throw new AppError("not_found", "There is no such source.");
    return sourceView(row);
  },
});
