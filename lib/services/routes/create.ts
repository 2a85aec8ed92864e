import { z } from "zod";
import { listRoutes, nextRoutePosition } from "@/db/queries/routes";
import { insertRoute, type RouteRow } from "@/db/stores/routes";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { storedConditions } from "@/lib/services/matching/fields";
import { defineVerb } from "@/lib/services/verb";
import { assertLeadsSomewhere, routeFields } from "./fields";
import { type RouteView, routeView } from "./view";

/** Each event is compared with every route. */
const MAX_ROUTES = 500;

/** Sends what the conditions match to channels, for the whole installation. */
export const routesCreate = defineVerb({
  name: "routes.create",
  permission: "admin",
  changes: true,
  input: z.object({
    name: routeFields.name,
    enabled: routeFields.enabled.default(true),
    match: routeFields.match.default("all"),
    conditions: routeFields.conditions.default([]),
    channels: routeFields.channels.default([]),
    escalationPolicyId: routeFields.escalationPolicyId.default(null),
  }),
  async run({ now, audit }, { channels, conditions, ...input }): Promise<RouteView> {
    await assertLeadsSomewhere({ channels, conditions, escalationPolicyId: input.escalationPolicyId });
    if ((await listRoutes()).length >= MAX_ROUTES)
      throw new AppError("limit", `There are ${MAX_ROUTES} routes already. Remove one, or let one match more.`);
    const { timezone } = await readInstallation();
    const row: RouteRow = {
      ...input,
      id: newId("rte"),
      position: await nextRoutePosition(),
      conditions: storedConditions(conditions, timezone),
      channelIds: channels,
      createdAt: now,
      updatedAt: now,
    };
    await insertRoute(row, audit("route", row.id, row.name, { conditions: row.conditions, channels }));
    return await routeView(row);
  },
});
