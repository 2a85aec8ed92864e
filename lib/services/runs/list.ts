import { z } from "zod";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { listRuns } from "@/db/queries/runs";
import { RUN_KINDS, RUN_STATUSES } from "@/lib/core/run";
import { artifactView } from "@/lib/services/artifacts/view";
import { idField, type PageOf, pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type RunView, runView } from "./view";

const status = z.enum(RUN_STATUSES);

export const runsList = defineVerb({
  name: "runs.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    jobId: idField.optional(),
    kind: z.enum(RUN_KINDS).optional(),
    /** One, or several. */
    status: z.union([status.transform((one) => [one]), z.array(status)], "There is no such status.").optional(),
  }),
  async run(_, { limit, ...filters }): Promise<PageOf<RunView>> {
    const page = pageOf(await listRuns({ limit: limit + 1, ...filters }), limit, runView);
    const artifacts = await artifactsOfRuns(page.items.map(({ id }) => id));
    return {
      ...page,
      items: page.items.map((run) => ({
        ...run,
        artifacts: artifacts.filter(({ runId }) => runId === run.id).map(artifactView),
      })),
    };
  },
});
