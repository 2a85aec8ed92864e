import { z } from "zod";
import { deleteRoute } from "@/db/stores/routes";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireRoute } from "./get";

export const routesDelete = defineVerb({
  name: "routes.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { name, conditions, channelIds } = await requireRoute(id);
    const isDone = await deleteRoute(id, audit("route", id, name, { conditions, channels: channelIds }));
    if (!isDone) throw new AppError("not_found", "There is no such route. It may have been removed.");
    return { id };
  },
});
