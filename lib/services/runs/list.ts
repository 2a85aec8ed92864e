import { z } from "zod";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { listRuns } from "@/db/queries/runs";
import { clientsOf } from "@/lib/auth/access/actor";
import { RUN_KINDS, RUN_STATUSES } from "@/lib/core/run";
import { leastRoles } from "@/lib/services/artifacts/find";
import { artifactView } from "@/lib/services/artifacts/view";
import { idField, type PageOf, pageOf, searchInput, searchOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { hiddenRunKinds } from "./find";
import { type RunView, runView } from "./view";

const status = z.enum(RUN_STATUSES);

export const runsList = defineVerb({
  name: "runs.list",
  permission: "viewer",
  changes: false,
  input: searchInput.extend({
    jobId: idField.optional(),
    repositoryId: idField.optional(),
    kind: z.enum(RUN_KINDS).optional(),
    /** One, or several. */
    status: z
      .union([status.transform((one) => [one]), z.array(status).max(RUN_STATUSES.length)], "There is no such status.")
      .optional(),
  }),
  async run({ actor }, { limit, q, cursor, from, until, ...filters }): Promise<PageOf<RunView>> {
    const hidden = { hiddenKinds: hiddenRunKinds(actor), clientIds: clientsOf(actor) };
    const rows = await listRuns({
      limit: limit + 1,
      ...searchOf("run", { q, cursor, from, until }),
      ...hidden,
      ...filters,
    });
    const page = pageOf(rows, limit, runView);
    const leastRole = await leastRoles();
    const artifacts = await artifactsOfRuns(page.items.map(({ id }) => id));
    return {
      ...page,
      items: page.items.map((run) => ({
        ...run,
        artifacts: artifacts.filter(({ runId }) => runId === run.id).map((one) => artifactView(one, leastRole(one))),
      })),
    };
  },
});
