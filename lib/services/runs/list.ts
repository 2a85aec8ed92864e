import { z } from "zod";
import { listRuns } from "@/db/queries/runs";
import { RUN_KINDS, RUN_STATUSES } from "@/lib/core/run";
import { idField, pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { runView } from "./view";

const status = z.enum(RUN_STATUSES);

export const runsList = defineVerb({
  name: "runs.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    jobId: idField.optional(),
    kind: z.enum(RUN_KINDS).optional(),
    /** One, or several. */
    status: z.union([status.transform((one) => [one]), z.array(status)]).optional(),
  }),
  async run(_, { limit, ...filters }) {
    const rows = await listRuns({ limit: limit + 1, ...filters });
    return pageOf(rows, limit, runView);
  },
});
