import { z } from "zod";
import { readHookList } from "@/lib/jobs/hooks/list";
import { defineVerb } from "@/lib/services/verb";

/** The hooks that administrators may choose for jobs. */
export const hookChoices = z.object({
  names: z.array(z.string()),
  /** Why there are none, with what to do about it; null: nothing is wrong. */
  problem: z.string().nullable(),
});

/** The names on the operator's list of hooks, never what they run. */
export const jobsHooks = defineVerb({
  name: "jobs.hooks",
  permission: "operator",
  changes: false,
  input: z.object({}),
  async run(): Promise<z.output<typeof hookChoices>> {
    const list = await readHookList();
    if ("problem" in list) return { names: [], problem: list.problem };
    return { names: [...list.programs.keys()], problem: null };
  },
});
