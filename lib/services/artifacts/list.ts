import { listArtifacts } from "@/db/queries/artifacts";
import { clientsOf } from "@/lib/auth/access/actor";
import { idField, pageInput, pageOf, searchOf, spanInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { hiddenBackupJobs, leastRoles } from "./find";
import { artifactView } from "./view";

export const artifactsList = defineVerb({
  name: "artifacts.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    ...spanInput,
    jobId: idField.optional(),
    runId: idField.optional(),
    destinationId: idField.optional(),
  }),
  async run({ actor }, { limit, cursor, from, until, ...filters }) {
    const [leastRole, hiddenJobs] = await Promise.all([leastRoles(), hiddenBackupJobs(actor)]);
    const rows = await listArtifacts({
      limit: limit + 1,
      hiddenJobs,
      clientIds: clientsOf(actor),
      ...filters,
      span: searchOf("art", { cursor, from, until }).span,
    });
    return pageOf(rows, limit, (row) => artifactView(row, leastRole(row)));
  },
});
