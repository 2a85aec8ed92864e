import { z } from "zod";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { leastRoles } from "@/lib/services/artifacts/find";
import { artifactView } from "@/lib/services/artifacts/view";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireRun } from "./find";
import { type RunView, runView } from "./view";

export const runsGet = defineVerb({
  name: "runs.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor }, { id }): Promise<RunView> {
    const [row, leastRole] = await Promise.all([requireRun(id, actor), leastRoles()]);
    return {
      ...runView(row),
      artifacts: (await artifactsOfRuns([id])).map((one) => artifactView(one, leastRole(one))),
    };
  },
});
