import { z } from "zod";
import { updateSilence } from "@/db/stores/silences";
import { AppError } from "@/lib/core/errors";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { storedConditions } from "@/lib/services/matching/fields";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { silenceFields } from "./fields";
import { requireSilence, shownSilence } from "./get";
import type { SilenceView } from "./view";

/** Changes a silence: an end that has passed ends it now, and what it held is sent. */
export const silencesUpdate = defineVerb({
  name: "silences.update",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField, ...z.object(silenceFields).partial().shape }),
  async run({ now, audit }, { id, conditions, ...changes }): Promise<SilenceView> {
    const before = await requireSilence(id);
    const { timezone } = await readInstallation();
    const next = {
      ...before,
      ...changes,
      ...(conditions && { conditions: storedConditions(conditions, timezone) }),
      updatedAt: now,
    };
    if (next.endsAt !== null && next.endsAt < next.startsAt && changes.endsAt !== undefined && next.endsAt > now)
      throw new AppError("invalid", "Some fields are invalid.", {
        fields: { endsAt: "It has to end after it starts." },
      });
    const detail = { before: { endsAt: before.endsAt, effect: before.effect }, ...changes, conditions };
    const isDone = await updateSilence(id, next, audit("silence", id, next.reason, detail));
    if (!isDone) throw new AppError("not_found", "There is no such silence. It may have been removed.");
    return await shownSilence(next, now);
  },
});
