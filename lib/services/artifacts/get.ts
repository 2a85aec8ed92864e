import { z } from "zod";
import { findArtifact } from "@/db/queries/artifacts";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { artifactView } from "./view";

export const artifactsGet = defineVerb({
  name: "artifacts.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }) {
    const row = await findArtifact(id);
    if (!row) throw new AppError("not_found", "There is no such backup.");
    return artifactView(row);
  },
});
