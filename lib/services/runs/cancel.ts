import { z } from "zod";
import { requestCancel } from "@/db/stores/cancel-run";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireRun } from "./find";

/** Cancels a run: a queued one at once, a running one as soon as its tools have ended. No failure is notified. */
export const runsCancel = defineVerb({
  name: "runs.cancel",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, now, audit }, { id }) {
    const row = await requireRun(id, actor);
    const answer = await requestCancel(id, now, actor.name, audit("run", id, row.name));
    if (!answer) throw new AppError("conflict", "This run is over already.");
    return { id, status: answer === "canceled" ? "canceled" : "running" };
  },
});
