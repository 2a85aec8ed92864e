import { z } from "zod";
import { updateRoute } from "@/db/stores/routes";
import { AppError } from "@/lib/core/errors";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { storedConditions } from "@/lib/services/matching/fields";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { assertLeadsSomewhere, routeFields } from "./fields";
import { requireRoute } from "./get";
import { type RouteView, routeView } from "./view";

export const routesUpdate = defineVerb({
  name: "routes.update",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, ...z.object(routeFields).partial().shape }),
  async run({ now, audit }, { id, channels, conditions, ...changes }): Promise<RouteView> {
    const before = await requireRoute(id);
    const { timezone } = await readInstallation();
    const next = {
      ...before,
      ...changes,
      ...(channels && { channelIds: channels }),
      ...(conditions && { conditions: storedConditions(conditions, timezone) }),
      updatedAt: now,
    };
    await assertLeadsSomewhere({ ...next, channels: next.channelIds });
    const isDone = await updateRoute(id, next, audit("route", id, next.name, { ...changes, channels, conditions }));
    if (!isDone) throw new AppError("not_found", "There is no such route. It may have been removed.");
    return await routeView(next);
  },
});
