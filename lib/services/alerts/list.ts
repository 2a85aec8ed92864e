import { z } from "zod";
import { listAlerts } from "@/db/queries/alerts";
import { channelsNotified } from "@/db/queries/deliveries";
import { clientsOf } from "@/lib/auth/access/actor";
import { ALERT_STATUSES } from "@/lib/core/alert";
import { hiddenTypes } from "@/lib/services/events/visibility";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type AlertView, alertView } from "./view";

/** Alerts; the one that opened last comes first. */
export const alertsList = defineVerb({
  name: "alerts.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({
    /** `open`: firing or acknowledged. */
    status: z.enum(["open", ...ALERT_STATUSES]).optional(),
  }),
  async run({ actor }, { cursor, limit, status }): Promise<PageOf<AlertView>> {
    const rows = await listAlerts({
      cursor,
      limit: limit + 1,
      status,
      hiddenTypes: hiddenTypes(actor),
      clientIds: clientsOf(actor),
    });
    const shown = rows.slice(0, limit);
    const notified = await channelsNotified(shown.map((row) => row.id));
    return {
      items: shown.map((row) => alertView(row, notified.get(row.id) ?? [])),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});
