import { z } from "zod";
import { deliveriesPerEvent, findEvent } from "@/db/queries/events";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { eventView } from "./view";
import { hiddenTypes } from "./visibility";

export const eventsGet = defineVerb({
  name: "events.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor }, { id }) {
    const row = await findEvent(id);
    if (!row || hiddenTypes(actor).includes(row.type)) throw new AppError("not_found", "There is no such event.");
    return eventView(row, (await deliveriesPerEvent([id])).get(id) ?? 0);
  },
});
