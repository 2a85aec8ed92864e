import { z } from "zod";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { setEnabled } from "./set-enabled";

/** Pauses a job: no run is started, none is missed, and what programs report of an external one is noted without a run. Its alerts close without a message. */
export const jobsPause = defineVerb({
  name: "jobs.pause",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  run: (context, { id }) => setEnabled(context, id, false),
});
