import { z } from "zod";
import { defineVerb } from "@/lib/services/verb";
import { artifactReference, leastRoles, requireArtifact } from "./find";
import { artifactView } from "./view";

export const artifactsGet = defineVerb({
  name: "artifacts.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: artifactReference }),
  async run({ actor }, { id }) {
    const row = await requireArtifact(id, actor);
    return artifactView(row, (await leastRoles())(row));
  },
});
