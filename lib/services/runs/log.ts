import { z } from "zod";
import { readRunLog } from "@/db/queries/runs";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireRun } from "./find";

/** The log of a run so far. Logs name files and databases, so viewers may not read them. */
export const runsLog = defineVerb({
  name: "runs.log",
  permission: "operator",
  changes: false,
  records: {
    does: "reveals",
    entity: "run",
    async subject({ id }, actor) {
      return { id, name: (await requireRun(id, actor)).name };
    },
    // The page of a run that goes on reads it every few seconds.
    oncePerMs: 3_600_000,
  },
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<{ text: string; isTruncated: boolean }> {
    const pieces = await readRunLog(id);
    // This line marks an omission, in the middle of the log or of a burst within one second.
    const isTruncated = pieces.some((piece) => /^… .* left out …$/m.test(piece.text));
    return { text: pieces.map((piece) => piece.text).join(""), isTruncated };
  },
});
