import { z } from "zod";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { leastRoles, requireArtifact } from "./find";
import { artifactView } from "./view";

export const artifactsGet = defineVerb({
  name: "artifacts.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor }, { id }) {
    const row = await requireArtifact(id, actor);
    return artifactView(row, (await leastRoles())(row));
  },
});
