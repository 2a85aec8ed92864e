import { z } from "zod";
import { findAlert } from "@/db/queries/alerts";
import { channelsNotified } from "@/db/queries/deliveries";
import { acknowledgeAlert } from "@/db/stores/alerts";
import { AppError } from "@/lib/core/errors";
import { hiddenTypes } from "@/lib/services/events/visibility";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type AlertView, alertView } from "./view";

/** Acknowledges an alert: it stays open, and its reminders end. */
export const alertsAcknowledge = defineVerb({
  name: "alerts.acknowledge",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, audit }, { id }): Promise<AlertView> {
    const alert = await findAlert(id);
    if (!alert || hiddenTypes(actor).includes(alert.type)) throw new AppError("not_found", "There is no such alert.");
    const isDone = await acknowledgeAlert(id, actor.name, audit("alert", id, alert.title, { type: alert.type }));
    if (!isDone) throw new AppError("conflict", "This alert is acknowledged or resolved already.");
    const [acknowledged, notified] = await Promise.all([findAlert(id), channelsNotified([id])]);
    return alertView(acknowledged ?? alert, notified.get(id) ?? []);
  },
});
