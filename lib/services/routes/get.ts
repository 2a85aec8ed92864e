import { z } from "zod";
import { findRoute } from "@/db/queries/routes";
import type { RouteRow } from "@/db/stores/routes";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type RouteView, routeView } from "./view";

export const routesGet = defineVerb({
  name: "routes.get",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<RouteView> {
    return await routeView(await requireRoute(id));
  },
});

/** @throws AppError `not_found` */
export async function requireRoute(id: string): Promise<RouteRow> {
  const row = await findRoute(id);
  if (!row) throw new AppError("not_found", "There is no such route. It may have been removed.");
  return row;
}
