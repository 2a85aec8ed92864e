import { z } from "zod";
import { deleteSilence } from "@/db/stores/silences";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireSilence } from "./get";

/** Removes a silence; what it held is sent. */
export const silencesDelete = defineVerb({
  name: "silences.delete",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { reason, effect } = await requireSilence(id);
    const isDone = await deleteSilence(id, audit("silence", id, reason, { effect }));
    if (!isDone) throw new AppError("not_found", "There is no such silence. It may have been removed.");
    return { id };
  },
});
