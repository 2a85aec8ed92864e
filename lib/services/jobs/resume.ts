import { z } from "zod";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { setEnabled } from "./set-enabled";

/** Ends the pause of a job: from now on it is expected by its schedule again. */
export const jobsResume = defineVerb({
  name: "jobs.resume",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  run: (context, { id }) => setEnabled(context, id, true),
});
