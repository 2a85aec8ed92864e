import { z } from "zod";
import { listDeliveries } from "@/db/queries/deliveries";
import { clientsOf } from "@/lib/auth/access/actor";
import { hiddenEventTypes } from "@/lib/auth/access/visibility/events";
import { DELIVERY_KINDS, SHOWN_STATUSES } from "@/lib/core/delivery";
import { hiddenTypes } from "@/lib/services/events/visibility";
import { flagField, idField, pageOf, searchInput, searchOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { deliveryView } from "./view";

const status = z.enum(SHOWN_STATUSES);

/** The delivery log, newest first. */
export const deliveriesList = defineVerb({
  name: "deliveries.list",
  permission: "viewer",
  changes: false,
  input: searchInput.extend({
    status: z.union([status, z.array(status).max(SHOWN_STATUSES.length)], "There is no such status.").optional(),
    channelId: idField.optional(),
    eventId: idField.optional(),
    jobId: idField.optional(),
    runId: idField.optional(),
    kind: z.enum(DELIVERY_KINDS).optional(),
    /** False leaves out what a Test sent. */
    includeTests: flagField.default(true),
  }),
  async run({ actor }, { limit, status: wanted, includeTests, q, cursor, from, until, ...filters }) {
    const { q: text, span } = searchOf("dlv", { q, cursor, from, until });
    const rows = await listDeliveries({
      ...filters,
      span,
      text,
      hiddenTexts: {
        titles: hiddenEventTypes(actor.role, "title"),
        subjects: hiddenEventTypes(actor.role, "subject"),
      },
      limit: limit + 1,
      status: wanted === undefined || Array.isArray(wanted) ? wanted : [wanted],
      withoutTests: !includeTests,
      hiddenTypes: hiddenTypes(actor),
      clientIds: clientsOf(actor),
    });
    return pageOf(rows, limit, deliveryView);
  },
});
