import { z } from "zod";
import { findAlert } from "@/db/queries/alerts";
import { channelsNotified } from "@/db/queries/deliveries";
import { resolveAlert } from "@/db/stores/alerts";
import { AppError } from "@/lib/core/errors";
import { hiddenTypes } from "@/lib/services/events/visibility";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type AlertView, alertView } from "./view";

/** Resolves an alert on behalf of a person. No recovery is sent, because nothing recovered by itself. */
export const alertsResolve = defineVerb({
  name: "alerts.resolve",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, audit }, { id }): Promise<AlertView> {
    const alert = await findAlert(id);
    if (!alert || hiddenTypes(actor).includes(alert.type)) throw new AppError("not_found", "There is no such alert.");
    const isDone = await resolveAlert(id, actor.name, audit("alert", id, alert.title, { type: alert.type }));
    if (!isDone) throw new AppError("conflict", "This alert is resolved already.");
    const [resolved, notified] = await Promise.all([findAlert(id), channelsNotified([id])]);
    return alertView(resolved ?? alert, notified.get(id) ?? []);
  },
});
