import { z } from "zod";
import { markRead } from "@/db/stores/inbox";
import { snoozeAlert } from "@/db/stores/snooze";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { LONGEST } from "@/lib/core/longest-times";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireAlert, requireEntry } from "./find";
import { readerIdOf } from "./reader";
import { type EntryView, entryView } from "./view";

/**
 * Snoozes an alert for everybody until a time, or ends that: reminders and escalation are held meanwhile, and no badge
 * counts it. It ends by itself when the alert resolves.
 */
export const notificationsSnooze = defineVerb({
  name: "notifications.snooze",
  permission: "operator",
  changes: true,
  input: z.object({
    id: idField,
    /** Null ends the snooze. */
    until: z.iso
      .datetime({ error: "This is not a time, such as 2026-01-31T08:00:00Z.", offset: true })
      .max(40, "This is not a time.")
      .nullable(),
  }),
  async run({ actor, audit, now }, { id, until }): Promise<EntryView> {
    const { title, type } = await requireAlert(actor, id, "snoozed");
    const end = until === null ? null : Date.parse(until);
    if (end !== null) assertReachable(end, now);
    const row = audit("alert", id, title, { type, until: toIso(end) });
    const isDone = await snoozeAlert({ alertId: id, until: end, by: actor.name, now }, row);
    if (!isDone) throw new AppError("conflict", "This alert is resolved already.");
    await markRead(readerIdOf(actor), id, now);
    return entryView(await requireEntry(actor, id), now);
  },
});

function assertReachable(end: number, now: number): void {
  const sentence =
    end <= now
      ? "This time has passed. Choose a later one."
      : end > now + LONGEST.snooze
        ? "An alert is snoozed for a year at most."
        : null;
  if (sentence) throw new AppError("invalid", sentence, { fields: { until: sentence } });
}
