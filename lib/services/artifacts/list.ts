import { listArtifacts } from "@/db/queries/artifacts";
import { idField, pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { artifactView } from "./view";

export const artifactsList = defineVerb({
  name: "artifacts.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    jobId: idField.optional(),
    runId: idField.optional(),
    destinationId: idField.optional(),
  }),
  async run(_, { limit, ...filters }) {
    const rows = await listArtifacts({ limit: limit + 1, ...filters });
    return pageOf(rows, limit, artifactView);
  },
});
