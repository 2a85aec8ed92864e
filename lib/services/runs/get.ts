import { z } from "zod";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { clientNames } from "@/db/queries/clients";
import { neighborRuns } from "@/db/queries/runs";
import { suppressedOfRun } from "@/db/queries/suppressed";
import { reasonSentence } from "@/lib/core/delivery-reason";
import { leastRoles } from "@/lib/services/artifacts/find";
import { artifactView } from "@/lib/services/artifacts/view";
import { hiddenTypes } from "@/lib/services/events/visibility";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { hiddenRunKinds, requireRun } from "./find";
import { comparedProgress, type RunView, runView } from "./view";

export const runsGet = defineVerb({
  name: "runs.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor }, { id }): Promise<RunView> {
    const [row, leastRole, events] = await Promise.all([requireRun(id, actor), leastRoles(), suppressedOfRun(id)]);
    const hidden = hiddenTypes(actor);
    const names = await clientNames(row.clientId ? [row.clientId] : []);
    const run = runView(row);
    return {
      ...run,
      progress: await comparedProgress(run.progress, row.jobId),
      ...(await neighborRuns(row, hiddenRunKinds(actor))),
      ...(row.clientId && { clientName: names.get(row.clientId) ?? "a deleted client" }),
      notNotified: events.flatMap(({ type, eventName, suppressed }) =>
        hidden.includes(type)
          ? []
          : suppressed.map(({ code, ...channel }) => ({
              eventName,
              ...channel,
              reasonCode: code,
              reason: reasonSentence(code),
            })),
      ),
      artifacts: (await artifactsOfRuns([id])).map((one) => artifactView(one, leastRole(one))),
    };
  },
});
