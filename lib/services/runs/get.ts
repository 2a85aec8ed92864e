import { z } from "zod";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { findRun } from "@/db/queries/runs";
import { AppError } from "@/lib/core/errors";
import { artifactView } from "@/lib/services/artifacts/view";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type RunView, runView } from "./view";

export const runsGet = defineVerb({
  name: "runs.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<RunView> {
    const row = await findRun(id);
    if (!row) throw new AppError("not_found", "There is no such run.");
    return { ...runView(row), artifacts: (await artifactsOfRuns([id])).map(artifactView) };
  },
});
