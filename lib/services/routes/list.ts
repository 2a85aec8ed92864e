import { z } from "zod";
import { listRoutes } from "@/db/queries/routes";
import type { PageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type RouteView, routeViews } from "./view";

/** All routes in their order, on one page: a person made each. */
export const routesList = defineVerb({
  name: "routes.list",
  permission: "operator",
  changes: false,
  input: z.object({}),
  async run(): Promise<PageOf<RouteView>> {
    return { items: await routeViews(await listRoutes()), nextCursor: null };
  },
});
