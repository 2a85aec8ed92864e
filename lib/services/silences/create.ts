import { z } from "zod";
import { insertSilence, type SilenceRow } from "@/db/stores/silences";
import { newId } from "@/lib/core/id";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { storedConditions } from "@/lib/services/matching/fields";
import { defineVerb } from "@/lib/services/verb";
import { assertEverOn, silenceFields } from "./fields";
import { type SilenceView, silenceView } from "./view";

/** Silences what the conditions match: from now or a later time on, once or recurring. */
export const silencesCreate = defineVerb({
  name: "silences.create",
  permission: "operator",
  changes: true,
  input: z.object({
    reason: silenceFields.reason,
    match: silenceFields.match.default("all"),
    conditions: silenceFields.conditions.default([]),
    /** Now, when left out. */
    startsAt: silenceFields.startsAt.optional(),
    /** Until somebody ends it, when left out. */
    endsAt: silenceFields.endsAt.default(null),
    recurring: silenceFields.recurring.default(null),
    effect: silenceFields.effect.default("hold"),
  }),
  async run({ actor, now, audit }, { startsAt = now, conditions, ...input }): Promise<SilenceView> {
    assertEverOn({ ...input, startsAt }, now);
    const { timezone } = await readInstallation();
    const row: SilenceRow = {
      ...input,
      id: newId("sil"),
      startsAt,
      conditions: storedConditions(conditions, timezone),
      createdBy: actor.kind === "user" ? actor.id : null,
      createdByName: actor.name,
      createdAt: now,
      updatedAt: now,
    };
    const { effect, endsAt } = row;
    await insertSilence(row, audit("silence", row.id, row.reason, { conditions: row.conditions, effect, endsAt }));
    return silenceView(row, 0, now);
  },
});
